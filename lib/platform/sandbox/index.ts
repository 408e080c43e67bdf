export { findIsolation, findTool, type SandboxTools } from "./find-isolation";
export { findMain, type Place, runConfined, type StartedProcess, startConfined } from "./run-confined";
export { isSystemPath, programMounts } from "./system-mounts";
export type { Identity, Isolation, IsolationLevel, Mount, SandboxSpec } from "./types";
