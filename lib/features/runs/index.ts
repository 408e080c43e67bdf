export { templateOutputs } from "./acceptance";
export { cancelRun, resumeStoppedRun, rollbackRequest } from "./control";
export { EnvironmentExecutor } from "./executor";
export { listRuns } from "./list";
export { getRun, listRunLog, readRun, typicalSeconds } from "./queries";
export { resourceRow } from "./resource-row";
