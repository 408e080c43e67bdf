export { listWorkers } from "./queries";
export { readReplaced } from "./replaced";
