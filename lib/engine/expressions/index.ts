export { extraFunctions, type ScopeRoot, scopeRoots } from "./environment";
export { ExpressionError } from "./errors";
export {
  type DeepResult,
  type Evaluated,
  evaluate,
  evaluateDeep,
  type Known,
  type NotKnown,
  redactPaths,
  type Scope,
  type Writing,
} from "./evaluate";
export { sharingSteps } from "./limits";
export {
  type Expression,
  escapePointer,
  parseTemplateString,
  referencesOf,
  type TemplateString,
} from "./parse";
export { formatReference, type Reference } from "./references";
export { isUnknown, Sensitive, sensitive, UNKNOWN, type Unknown } from "./values";
