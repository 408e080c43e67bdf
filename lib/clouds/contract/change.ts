import type { FileSource } from "../file-source";
import type { DesiredComponent } from "./component";
import type { Address, Observation } from "./observation";

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
