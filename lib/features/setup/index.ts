export { removeDemo } from "./demo/remove";
export { type DemoSeed, seedDemo } from "./demo/seed";
export { getDemoState, hasDemoData } from "./demo/state";
export { ensureFirstStart, type FirstStart } from "./first-start";
export { acceptKey } from "./key-check";
export { resealSecrets } from "./reseal";
