export { buildDestroyPlan, buildPlan, type PlanInput } from "./build";
export { type PlanBody, planDigest } from "./digest";
export { isWanted, publish, type ResolvedComponent, resolveComponent } from "./resolve";
export { commonScope, type EnvironmentInputs, endpointScope, neighbourScope, secretScope } from "./scope";
export { stepsOf } from "./steps";
export * from "./types";
