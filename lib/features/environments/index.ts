export { listActivity } from "./activity";
export {
  type EnvironmentContext,
  type EnvironmentRow,
  getEnvironmentRow,
  listSecretParameters,
  loadEnvironment,
  loadEnvironments,
  requireReadable,
  secretContext,
} from "./context";
export { getEnvironment, listResources } from "./detail";
export { dismissFailedChange } from "./dismiss-failure";
export { environmentFacets } from "./facets";
export { type EnvironmentFilter, listEnvironments } from "./list";
export { componentLogs } from "./logs";
export { environmentMasker, knownSecrets, maskFor, publishedSecrets, withheldText } from "./masking";
export { revealOutput } from "./reveal";
export { transferEnvironment } from "./transfer";
export { unownedCondition } from "./unowned";
