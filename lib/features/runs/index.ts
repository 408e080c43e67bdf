export { cancelRun, resumeStoppedRun, rollbackRequest } from "./control";
export { retryDestructions } from "./destroy-retry";
export { EnvironmentExecutor } from "./executor";
export { countFailedRuns, countListedRuns, listRuns } from "./list";
export { getRun, listRunLog } from "./queries";
export { resourceRow } from "./resource-row";
export { findProjectOfRun } from "./store";
