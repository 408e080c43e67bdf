import type { Readable } from "node:stream";
import type { ApplyResult, ChangeAction, ChangeContext, ChangeVerdict, RemoveResult } from "./change";
import type { ComponentRef, DesiredComponent } from "./component";
import type { CloudHealth, Discovered, Fault, Observation, OwnedObject, Problem } from "./observation";
import type { ExecOptions, ExecResult, LogLine, MetricSample } from "./use";

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
