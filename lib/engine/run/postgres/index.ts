export { claimRuns, endRuns, renewLeases } from "./claim.sql";
export { createRun, requestCancel, resumeRun } from "./control.sql";
export { PostgresRunStore } from "./run-store";
export { deleteOldStepLogs, listStepLog, listSteps } from "./store";
