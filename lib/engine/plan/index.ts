export { buildDestroyPlan, buildPlan, type PlanInput } from "./build";
export { type PlanBody, planDigest } from "./digest";
export {
  type ComponentDrafter,
  componentDrafter,
  type DraftedComponent,
  isWanted,
  namingComponent,
  publish,
  type ResolvedComponent,
  resolveComponent,
  resolveReplicas,
} from "./resolve";
export {
  commonScope,
  type EnvironmentInputs,
  generatedSecrets,
  neighborScope,
  secretScope,
} from "./scope";
export { departuresOf, stepsOf } from "./steps";
export * from "./types";
export { lostVolumes, volumesOf } from "./volumes";
