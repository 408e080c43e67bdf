export { removeDemo } from "./demo/remove";
export { resetDemo } from "./demo/reset";
export { runSetup } from "./demo/run-setup";
export { demoSettingKey, hasDemoData } from "./demo/state";
export { ensureFirstStart } from "./first-start";
export { acceptKey } from "./key-check";
export { resealSecrets } from "./reseal";
