export { cancelRequest, expireRequests } from "./cancel";
export { decideRequest } from "./decide";
export { getRequestForm, presentParameters, type RequestFormFacts } from "./form";
export { listCloudOptions, listProjectOptions } from "./options";
export { planBody } from "./planning/plan-body";
export { openPlanSecrets } from "./planning/plan-secrets";
export { prepareRequest, toPreview } from "./prepare";
export { catalogPrice, presetPrices } from "./prices";
export { countRequests, decidableProjects, getRequest, listRequests, type RequestFilter } from "./queries";
export { replanRequest } from "./replan";
export { findProjectOfRequest, resumeRequest } from "./store";
export {
  countWaiting,
  type DecisionScope,
  listDecisions,
  listQueue,
  readRequesterFacts,
} from "./store-decisions";
export { readPlan } from "./store-plan";
export { type Attempt, hasBackupStoppedDestruction, listAttempts, wasAskedLately } from "./store-system";
export { submitRequest, submitSystemRequest } from "./submit";
export { endPendingRequests } from "./waiting";
