export { ExpressionError } from "./errors";
export {
  evaluate,
  evaluateDeep,
  redactPaths,
  type Scope,
  type Writing,
} from "./evaluate";
export { sharingSteps } from "./limits";
export {
  parseTemplateString,
  referencesOf,
} from "./parse";
export { formatReference, type Reference } from "./references";
export { isUnknown, sensitive, UNKNOWN } from "./values";
