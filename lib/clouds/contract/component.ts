export const implementationKinds = [
  "container",
  "process",
  "terraform",
  "kubernetes",
  "heat",
  "script",
  "ansible",
  "http",
] as const;
export type ImplementationKind = (typeof implementationKinds)[number];

export const capabilities = ["scale", "stop", "logs", "metrics", "exec", "backup", "resize"] as const;
export type Capability = (typeof capabilities)[number];

/** Names one component of one environment in a cloud, in every call and on every outside object. */
export interface ComponentRef {
  environmentId: string;
  /** DNS label, unique among living environments of the project; for names people read. */
  environmentName: string;
  component: string;
}

/** What quota, placement, price and limits read. `cpu` in cores, the rest in bytes; 0 = not stated. */
export interface Size {
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
}

/**
 * A component as it shall be: every expression evaluated. `spec` is the manifest's implementation block of
 * that kind (see lib/engine/template/types.ts), with values filled in. `filesDigest` changes when the files do.
 */
export interface DesiredComponent {
  kind: ImplementationKind;
  replicas: number;
  size: Size;
  spec: Record<string, unknown>;
  filesDigest: string;
  health: HealthCheckSpec | null;
}

/** The manifest's health check, resolved. Durations in milliseconds. */
export interface HealthCheckSpec {
  probe:
    | { type: "http"; path: string; status?: number }
    | { type: "tcp" }
    | { type: "exec"; command: string[] };
  /** Logical port (as the component itself knows it); default: its first. */
  port?: number;
  intervalMs: number;
  timeoutMs: number;
  failures: number;
  graceMs: number;
  /** How long it has to pass without a break after a start before a change counts as done; `usualWindowMs` when absent. */
  windowMs?: number;
}

/** Long enough to see that what answered did not answer for the last time; a component with more to it says so itself. */
export const usualWindowMs = 250;

/** Key of a ref in maps: `metrics` answers are keyed by it. */
export function refKey(ref: ComponentRef): string {
  return `${ref.environmentId}/${ref.component}`;
}
