export { listWorkers } from "./queries";
