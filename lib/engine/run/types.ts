import type { RequestKind, StepAction } from "@/gen/kysely/enums";
import type { ImplementationKind, ResourceStatus } from "@/lib/clouds/contract";
import type { RunStatus, StepStatus } from "./states";
import type { StepError } from "./step-error";

export type { StepError };

/** What a run is for: the kind of the change that was asked for. */
export type RunKind = RequestKind;

/** A run as its owner holds it in memory. */
export interface RunRecord {
  id: string;
  environmentId: string;
  requestId: string | null;
  planId: string | null;
  kind: RunKind;
  status: RunStatus;
  fence: number;
  context: Record<string, unknown>;
  deadlineAt: Date | null;
  cancelRequestedAt: Date | null;
  createdAt: Date;
}

/** A step of a run that is to be recorded. */
export interface NewStep {
  component: string;
  action: StepAction;
  cloudId: string | null;
  /** Positions in the run's list of steps. */
  dependsOn: number[];
  input: Record<string, unknown>;
}

/** A step as its owner holds it in memory. Its id is the idempotency key of every outside call. */
export interface StepRecord {
  id: string;
  runId: string;
  position: number;
  component: string;
  action: StepAction;
  cloudId: string | null;
  /** Positions of the steps it waits for. */
  dependsOn: number[];
  status: StepStatus;
  attempts: number;
  input: Record<string, unknown>;
  token: Record<string, unknown> | null;
  error: StepError | null;
  nextAttemptAt: Date | null;
}

/** What a finished step did to the environment's resources; recorded in the same statement as its finish. */
export type ResourceEffect =
  | { type: "upsert"; resource: ResourceRow }
  | { type: "remove"; component: string }
  | { type: "none" };

/** A resource row as the engine writes it. Sealed fields are opaque to the engine. */
export interface ResourceRow {
  component: string;
  cloudId: string;
  kind: ImplementationKind;
  externalId: string;
  status: ResourceStatus;
  desired: string | null;
  desiredDigest: string;
  spec: unknown;
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
  replicas: number;
  attributes: unknown;
  address: unknown;
  outputs: unknown;
  sealedOutputs: string | null;
}

export type StepOutcome =
  | { state: "done"; effect: ResourceEffect; skipped?: boolean }
  | { state: "pending"; token: Record<string, unknown>; wakeAfterMs: number };

/**
 * What can be found out about a step whose owner vanished in the middle:
 * `done` it had happened · `absent` it had not, or repeating it is safe because of its key · `unobservable`
 * no one can tell now.
 */
export type StepObservation =
  | { state: "done"; effect: ResourceEffect }
  | { state: "absent" }
  | { state: "pending"; token: Record<string, unknown>; wakeAfterMs: number }
  | { state: "unobservable"; message: string };

export interface StepContext {
  signal: AbortSignal;
  log(line: string): void;
  /** Awaits a turn among others; the attempt's time limit does not run meanwhile. */
  waiting<T>(turn: Promise<T>): Promise<T>;
}

/** Carries out the steps of one claimed run. Opened once per claim, so it may cache what it loads. */
export interface RunSession {
  /** How many steps may be under way at once. */
  maxParallel: number;
  execute(step: StepRecord, context: StepContext): Promise<StepOutcome>;
  poll(step: StepRecord, token: Record<string, unknown>, context: StepContext): Promise<StepOutcome>;
  observe(step: StepRecord, context: StepContext): Promise<StepObservation>;
  close(): Promise<void>;
}

export interface EndedRun {
  run: RunRecord;
  status: RunStatus;
}

/** @typeParam Transaction that of the store */
export interface RunExecutor<Transaction = unknown> {
  open(run: RunRecord, steps: readonly StepRecord[]): Promise<RunSession>;
  /**
   * What follows from the end of runs, in the transaction that records the ends: both stand, or neither does and the
   * runs are taken up again. Their environments are locked already.
   */
  ended(transaction: Transaction, ends: readonly EndedRun[]): Promise<void>;
  /** A step changed: for live screens. Must not throw. */
  changed(runId: string, environmentId: string): void;
}

/** Limits in milliseconds; the defaults suit real clouds, tests shorten them. */
export interface RunLimits {
  leaseMs: number;
  heartbeatMs: number;
  attemptMs: number;
  stepAttempts: number;
  backoffBaseMs: number;
  backoffCapMs: number;
  /** A run whose next step is due later than this is parked instead of held. */
  parkAfterMs: number;
  cancelGraceMs: number;
  /** How long a step waits for a cloud that cannot be reached, and how often it is tried meanwhile, about. */
  cloudWaitMs: number;
  cloudRetryMs: number;
}

export const defaultRunLimits: RunLimits = {
  leaseMs: 15_000,
  heartbeatMs: 3_000,
  attemptMs: 10 * 60_000,
  stepAttempts: 6,
  backoffBaseMs: 500,
  backoffCapMs: 60_000,
  parkAfterMs: 1_500,
  cancelGraceMs: 20_000,
  cloudWaitMs: 24 * 3_600_000,
  cloudRetryMs: 10_000,
};
