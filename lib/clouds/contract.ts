import type { Readable } from "node:stream";
import type { ZodType } from "zod";
import type { Allowances } from "./allowances";
import type { FileSource } from "./file-source";

export type { FileSource, GitAddress, GitCredential, TemplateFile } from "./file-source";

/**
 * The contract between Rostrum and a cloud. A driver knows components and the outside world; it knows
 * nothing of organizations, prices, Prisma or the queue. One contract test suite runs against every driver.
 *
 * Rules that hold for every driver:
 * - A component is found by its `ref` alone (deterministic names and labels), never by memory of this process.
 * - `apply` and `remove` are safe to repeat with the same idempotency key: what exists already is adopted.
 * - Every outside object carries the labels of its ref and the key of the change that made it.
 * - Every wait is bounded and ends when `ctx.signal` aborts.
 * - Failures are thrown as `DriverError`; anything else thrown counts as unknown.
 */

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

/** How an outside failure is to be treated: tried again, given up, or looked at because no one can know. */
export type FailureKind = "retryable" | "permanent" | "unknown";

export class DriverError extends Error {
  readonly kind: FailureKind;
  /** The cloud itself could not be reached: what was asked of it was not wrong, and waits until it can be. */
  readonly unreachable: boolean;
  /** What a person can do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    extra: { hint?: string; cause?: unknown; unreachable?: boolean } = {},
  ) {
    super(message, { cause: extra.cause });
    this.name = "DriverError";
    this.unreachable = extra.unreachable ?? false;
    this.kind = kind;
    this.hint = extra.hint;
  }
}

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

export const resourceStatuses = ["creating", "running", "stopped", "failed", "unknown"] as const;
export type ResourceStatus = (typeof resourceStatuses)[number];

/** Where a component's logical ports answer. Keys are logical port numbers as strings. */
export interface Address {
  host: string;
  ports: Record<string, number>;
}

/** What a cloud says about one component now. */
export type Observation =
  | { present: false }
  | {
      present: true;
      externalId: string;
      status: ResourceStatus;
      /** Key of the change that was last completed on it; null when none was. */
      appliedKey: string | null;
      /** Digest of the DesiredComponent last applied (`desiredDigest`), null when unknown. */
      appliedDigest: string | null;
      /**
       * Facts people see: image, pid, node, started at … Flat, small, no secrets. `startedAt` is when the oldest instance
       * that runs was started, ISO 8601. `outdated` says why the next change must recreate the component although its
       * desired state is the same.
       */
      attributes: Record<string, string | number | boolean | null>;
      /** As neighbors in the same cloud reach it. */
      internal: Address;
      /** As people and components in other clouds reach it. */
      external: Address;
      /** `http://host:port` of the first web port, null when it has none. */
      url: string | null;
      /** Values an automation (script, terraform, http) returned. */
      outputs: Record<string, unknown>;
      replicas: { desired: number; running: number };
      /** Why it is not running, in words, when it is known. */
      message?: string;
    };

/** Given to every call that changes something. */
export interface ChangeContext {
  /** The step's id: stable over attempts, put on the outside object. */
  idempotencyKey: string;
  signal: AbortSignal;
  /** One line for the run's log. Never pass a secret. */
  log(line: string): void;
  files: FileSource;
  /** Where the components it needs answer that run in other clouds; a driver that walls its components in lets them there. */
  neighbors?: readonly Address[];
  /** What the component shall be, where what is asked for changes nothing of it: how to tell that it serves again. */
  desired?: DesiredComponent;
}

/**
 * `replace` makes a component again without its data. `recreate` makes its instances again, whatever is left of them, and
 * keeps addresses and all data that is there and whole; what is missing of it is empty then.
 */
export type ChangeAction = "create" | "update" | "replace" | "recreate";

/** Something of a component that is not there or not as it must be to serve. */
export interface Fault {
  /** gone: it does not exist · damaged: it exists and cannot be used · stopped: it exists and does not run */
  kind: "gone" | "damaged" | "stopped";
  /** What it is, by its name: "container web", "volume data", "folder". */
  what: string;
  /** Whether data of the component is gone or cannot be used because of it. */
  losesData: boolean;
}

export type ApplyResult =
  | { state: "done"; observation: Extract<Observation, { present: true }> }
  /** Still under way outside; `poll` is asked again after `wakeAfterMs` with the same token. */
  | { state: "pending"; token: Record<string, unknown>; wakeAfterMs: number };

export type RemoveResult =
  | { state: "done" }
  | { state: "pending"; token: Record<string, unknown>; wakeAfterMs: number };

/** Is a change of a component possible in place? Pure, used at plan time. */
export interface ChangeVerdict {
  action: "update" | "replace";
  /** Whether people notice: a restart, an interruption. */
  disruptive: boolean;
  reason: string;
}

export interface CloudHealth {
  ok: boolean;
  message: string;
  version: string;
  /** Total and still free; null = the cloud cannot say. What is 0 in `total` alone it cannot say either. */
  capacity: { total: Size; free: Size } | null;
  /** Ports it may give to components, and how many of them are free; absent when it gives out none. */
  ports?: { total: number; free: number };
  facts: Record<string, string>;
}

export interface Problem {
  path: string;
  message: string;
}

/** Something that exists in the cloud: this cloud's own (with its ref), another Rostrum cloud's, or not Rostrum's. */
export interface Discovered {
  externalId: string;
  name: string;
  type: string;
  ref: ComponentRef | null;
  /**
   * Id of the other cloud whose mark it carries: two clouds, of one installation or of two, may lead to the same place.
   * Absent for the cloud's own, and for what carries no mark.
   */
  otherCloudId?: string;
  createdAt: Date | null;
}

/** Something outside that carries an environment's mark, whether or not Rostrum ever recorded it. */
export interface OwnedObject {
  /** What it is, in a word: container, network, volume, folder, process, port … */
  type: string;
  name: string;
  /** The component it belongs to; "" for what belongs to the environment as a whole. */
  component: string;
}

/** One sample: levels now and counters since the start (network), summed over replicas. Null = unknown. */
export interface MetricSample {
  at: Date;
  cpuCores: number | null;
  memoryBytes: number | null;
  storageBytes: number | null;
  networkReceivedBytes: number | null;
  networkSentBytes: number | null;
}

export interface LogLine {
  at: Date | null;
  stream: "stdout" | "stderr";
  text: string;
}

export interface ExecOptions {
  command: string[];
  environment?: Record<string, string>;
  stdin?: Readable;
  /** Receives stdout; when absent up to 1 MiB of it is returned. */
  stdout?: NodeJS.WritableStream;
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** An open connection to one cloud. Cheap to open; `close` frees sockets and timers. */
export interface CloudConnection {
  /** Nothing real runs there, so nothing can be asked over the network whether it answers. */
  readonly pretends?: true;
  /** How many changes one worker makes there at once; as many as come when absent. */
  readonly maxChanges?: number;
  /** Reachable? What version, how much room? Never throws: an unreachable cloud is `ok: false`. */
  check(): Promise<CloudHealth>;
  /** What of this desired component the cloud cannot do, before anything is tried. */
  validate(desired: DesiredComponent): Promise<Problem[]>;
  /** What the cloud does of it although people should think twice: shown with the plan, never a refusal. */
  warnings?(desired: DesiredComponent): Promise<Problem[]>;
  /** Pure: how a component gets from one desired state to another. */
  decideChange(before: DesiredComponent, after: DesiredComponent): ChangeVerdict;
  observe(ref: ComponentRef): Promise<Observation>;
  /**
   * What of a component is gone, damaged or stopped outside, measured by its desired state; empty when all of it is there
   * and runs. Looks only.
   */
  examine(ref: ComponentRef, desired: DesiredComponent): Promise<Fault[]>;
  /**
   * Makes the component's own health check of every replica, from where its ports can be reached, published or not.
   * @returns null when all pass or there is no check, else what was seen, in words that follow "Its health check failed:"
   */
  probe(ref: ComponentRef, desired: DesiredComponent, signal?: AbortSignal): Promise<string | null>;
  apply(
    ref: ComponentRef,
    action: ChangeAction,
    desired: DesiredComponent,
    ctx: ChangeContext,
  ): Promise<ApplyResult>;
  poll(
    ref: ComponentRef,
    token: Record<string, unknown>,
    ctx: ChangeContext,
  ): Promise<ApplyResult | RemoveResult>;
  /** Removes it with its data, ports, networks and directories. Removing what is absent is done. */
  remove(ref: ComponentRef, ctx: ChangeContext): Promise<RemoveResult>;
  /**
   * Removes everything that carries an environment's mark: its network and parent directory, and whatever is left of its
   * components, recorded or not. Done means observed gone.
   * @throws DriverError (retryable) that names what could not be removed
   */
  removeEnvironment(environmentId: string, ctx: ChangeContext): Promise<void>;
  /** What carries an environment's mark now, found by looking at the outside alone. */
  listOwned(environmentId: string, signal: AbortSignal): Promise<OwnedObject[]>;
  /** Everything found, with or without our label. */
  discover(signal: AbortSignal): AsyncIterable<Discovered>;
  /**
   * Replaces every instance by a fresh one, one after another where there are several, and starts what is dead or stopped.
   * Addresses and data stay. Answers once each instance serves, with the new `startedAt`.
   */
  restart(ref: ComponentRef, ctx: ChangeContext): Promise<Observation>;
  /** Starts what died again as it was (same addresses, same data). What lives, or was stopped on purpose, is left alone. */
  recover(ref: ComponentRef, ctx: ChangeContext): Promise<Observation>;

  stop?(ref: ComponentRef, ctx: ChangeContext): Promise<void>;
  start?(ref: ComponentRef, ctx: ChangeContext): Promise<Observation>;
  metrics?(refs: ComponentRef[]): Promise<Map<string, MetricSample>>;
  logs?(
    ref: ComponentRef,
    options: { tailLines: number; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<LogLine>;
  exec?(ref: ComponentRef, options: ExecOptions): Promise<ExecResult>;
  /** A consistent tar of a data path of the component (volume name or path). */
  copyOut?(ref: ComponentRef, path: string, signal: AbortSignal): Promise<Readable>;
  /** Replaces the content of that path by the tar. The component is stopped and started around it by the driver. */
  copyIn?(ref: ComponentRef, path: string, tar: Readable, signal: AbortSignal): Promise<void>;

  close(): Promise<void>;
}

/** What the host gives a driver when a connection is opened. */
export interface DriverHost {
  /** Stable id of the cloud, for names and directories. */
  cloudId: string;
  /** Directory only this cloud writes to. */
  dataDir: string;
  /** Where executables reachable for unprivileged users live. */
  runtimeDir: string;
  /** Decrypted credentials of the cloud. */
  credentials: Record<string, string>;
  log(level: "info" | "warn", message: string): void;
  /**
   * Why components must not run where nothing keeps them from reading what Rostrum can; null when they may. Asked by
   * drivers that run them beside Rostrum. Absent: they may.
   */
  reasonAgainstUnconfined?(): Promise<string | null>;
}

export interface Driver {
  kind: string;
  title: string;
  implementations: readonly ImplementationKind[];
  capabilities: ReadonlySet<Capability>;
  /** Validates the cloud's configuration; its JSON Schema draws the administrator's form. */
  configSchema: ZodType<Record<string, unknown>>;
  /** What components may ask of a cloud with this configuration; `facts` are those of its last check, if any. */
  allowances(config: Record<string, unknown>, facts: Record<string, string>): Allowances;
  /** The setting that holds the host of links to components; absent where nothing real is linked to. */
  addressField?: string;
  open(config: Record<string, unknown>, host: DriverHost): Promise<CloudConnection>;
}

/** Key of a ref in maps: `metrics` answers are keyed by it. */
export function refKey(ref: ComponentRef): string {
  return `${ref.environmentId}/${ref.component}`;
}
