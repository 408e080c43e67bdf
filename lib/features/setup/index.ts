export { removeDemo } from "./demo/remove";

export { demoSettingKey, hasDemoData } from "./demo/state";
export { ensureFirstStart } from "./first-start";
export { acceptKey } from "./key-check";
export { resealSecrets } from "./reseal";
