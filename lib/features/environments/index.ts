export { listActivity } from "./activity";
export {
  type EnvironmentContext,
  getEnvironmentRow,
  loadEnvironment,
  loadEnvironments,
  requireReadable,
  secretContext,
} from "./context";
export { getEnvironment } from "./detail";
export { dismissFailedChange } from "./dismiss-failure";
export { environmentFacets } from "./facets";
export { countEnvironments, listEnvironments } from "./list";
export { componentLogs } from "./logs";
export { environmentMasker, knownSecrets, maskFor, publishedSecrets, withheldText } from "./masking";
export { writeHealth, writeSeen } from "./observations.sql";
export { revealOutput } from "./reveal";
export { type EnvironmentRow, findOwned, findProjectOf } from "./store";
export {
  type CheckHistory,
  countRestart,
  listCheckHistories,
  markObserved,
  markUnknown,
} from "./store-checks";
export { claimDueChecks, countDueChecks, listLiving, saveNextLook, saveWorstHealth } from "./store-health";
export {
  type LeasedEnvironment,
  type LeaseRow,
  listDueLeases,
  markDestruction,
  markWarned,
} from "./store-leases";
export {
  addPlacement,
  endAbandoned,
  lockEnvironmentsOn,
  lockIdleEnvironment,
} from "./store-placement";
export { deleteResourcesOn, insertResource } from "./store-resources";
export {
  deleteSecretParameters,
  keepSecret,
  listSecretParameters,
  listSecretsOfBackup,
  putSecret,
} from "./store-secrets";
export { observedSizes } from "./store-sizes";
export {
  claimDestroyRetries,
  dropPendingEnvironment,
  insertEnvironment,
  lockEnvironment,
  moveEnvironment,
  type NewEnvironment,
  resumeEnvironment,
} from "./store-state";
export { isUnowned } from "./store-unowned";
export { transferEnvironment } from "./transfer";
