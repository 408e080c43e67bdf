export { listNewestWorkers, listWorkers } from "./queries";
export { listQueues, listSchedules, retryFailedJobs } from "./queues";
export { readReplaced } from "./replaced";
export { forgetWorkers, listLivingFamilies, recordHeartbeat, registerWorker, removeWorker } from "./store";
export { type JobTurn, recordTurns } from "./store-turns";
