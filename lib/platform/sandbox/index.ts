export { findIsolation, findTool, type SandboxTools } from "./find-isolation";
export { findMain, type Place, runConfined, startConfined } from "./run-confined";
export { isSystemPath, programMounts } from "./system-mounts";
export type { IsolationLevel, Mount, SandboxSpec } from "./types";
