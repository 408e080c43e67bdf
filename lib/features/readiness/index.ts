export { readReadiness } from "./read-readiness";
export { findMissingFamilies } from "./workers";
