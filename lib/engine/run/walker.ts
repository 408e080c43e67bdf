import { setMaxListeners } from "node:events";
import { messageOf } from "@/lib/kernel/errors";
import { AttemptSignal, sleep } from "./attempt-signal";
import { backoffMs, classifyError } from "./retry";
import { StepSchedule } from "./schedule";
import type {
  RunLimits,
  RunRecord,
  RunSession,
  StepContext,
  StepError,
  StepObservation,
  StepOutcome,
  StepRecord,
} from "./types";
import { FenceLost, type StepMove, type StepWriter, WriteFailed } from "./writer";

export type WalkEnd =
  | { status: "succeeded" }
  | { status: "failed" | "unknown" | "cancelled"; error: StepError }
  | { status: "parked"; wakeAt: Date };

export interface WalkInput {
  run: RunRecord;
  steps: StepRecord[];
  session: RunSession;
  writer: StepWriter;
  limits: RunLimits;
  /** Aborts when the lease is lost or the worker stops: nothing more is started or written. */
  lost: AbortSignal;
  /** Aborts when a person cancels the run. */
  cancelled: AbortSignal;
  log(step: StepRecord, line: string): void;
  changed(): void;
}

/**
 * Walks the graph of one claimed run until everything is finished, something failed and nothing else can go on,
 * only far-away retries are left (parked), or the run is lost.
 * @throws FenceLost when another worker owns the run
 */
export async function walkRun(input: WalkInput): Promise<WalkEnd> {
  return new Walk(input).walk();
}

class Walk {
  private readonly schedule: StepSchedule;
  private readonly active = new Map<number, Promise<void>>();
  private readonly halt = new AbortController();
  private wake: () => void = () => {};
  private broken: unknown = null;

  constructor(private readonly input: WalkInput) {
    this.schedule = new StepSchedule(input.steps);
    // Every step under way listens: as many as may run at once, which is no leak.
    setMaxListeners(0, this.halt.signal, input.cancelled, input.lost);
  }

  async walk(): Promise<WalkEnd> {
    const onSignal = () => this.wake();
    const onLost = () => this.break(new FenceLost(this.input.run.id));
    this.input.lost.addEventListener("abort", onLost);
    this.input.cancelled.addEventListener("abort", onSignal);
    if (this.input.lost.aborted) onLost();
    try {
      for (;;) {
        if (this.broken) throw this.broken;
        this.startReady();
        if (this.active.size === 0) {
          const end = this.endOrWait();
          if (typeof end !== "number") return end;
          await this.pause(end);
        } else {
          await this.pause(this.msUntilNextDue());
        }
      }
    } finally {
      this.input.lost.removeEventListener("abort", onLost);
      this.input.cancelled.removeEventListener("abort", onSignal);
      // Nothing of this walk may outlive it: what still runs sees the aborted signal.
      this.halt.abort();
      if (this.active.size > 0) await Promise.allSettled(this.active.values());
    }
  }

  private break(error: unknown): void {
    this.broken ??= error;
    this.halt.abort();
    this.wake();
  }

  private stopping(): boolean {
    return this.halt.signal.aborted || this.input.cancelled.aborted || this.pastDeadline();
  }

  private pastDeadline(): boolean {
    const { deadlineAt } = this.input.run;
    return deadlineAt !== null && Date.now() > deadlineAt.getTime();
  }

  private startReady(): void {
    if (this.halt.signal.aborted) return;
    // A crashed step is looked at even when the run is being cancelled: what exists must be known.
    const room = () => this.active.size < this.input.session.maxParallel;
    while (room()) {
      const step =
        this.schedule.takeCrashed() ?? (this.stopping() ? undefined : this.schedule.takeReady(Date.now()));
      if (!step) return;
      const work = this.runStep(step)
        .catch((error: unknown) => this.break(error))
        .finally(() => {
          this.active.delete(step.position);
          this.wake();
        });
      this.active.set(step.position, work);
    }
  }

  private endOrWait(): WalkEnd | number {
    const { unknown, failed, unfinished, nextDueAt } = this.schedule.summary();
    if (unknown) return { status: "unknown", error: errorOf(unknown, "unknown") };
    if (this.input.cancelled.aborted && unfinished) {
      return { status: "cancelled", error: { kind: "cancelled", message: "The run was cancelled." } };
    }
    if (this.pastDeadline() && unfinished) {
      return {
        status: "failed",
        error: { kind: "timeout", message: "The run took longer than its time limit." },
      };
    }
    if (nextDueAt !== null) {
      const waitMs = nextDueAt - Date.now();
      return waitMs > this.input.limits.parkAfterMs
        ? { status: "parked", wakeAt: new Date(nextDueAt) }
        : waitMs;
    }
    if (failed) return { status: "failed", error: errorOf(failed, "permanent") };
    if (!unfinished) return { status: "succeeded" };
    return {
      status: "failed",
      error: { kind: "permanent", message: "Steps are left that nothing can start." },
    };
  }

  private msUntilNextDue(): number {
    const { nextDueAt } = this.schedule.summary();
    return nextDueAt === null ? 60_000 : Math.max(1, nextDueAt - Date.now());
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), 60_000));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private move(step: StepRecord, change: Omit<StepMove, "step" | "environmentId" | "fence">): Promise<void> {
    const { run, writer } = this.input;
    return writer.write({ step, environmentId: run.environmentId, fence: run.fence, ...change });
  }

  private async runStep(step: StepRecord): Promise<void> {
    const crashed = step.status === "running";
    const polling = step.status === "waiting" && step.token !== null;
    // Intent first: from here on a crash leads to an observation, never to a blind repeat. A poll only looks.
    if (!crashed && !polling) await this.move(step, { to: "running" });
    this.input.changed();
    const attempt = this.attemptSignal();
    const context: StepContext = { signal: attempt.signal, log: (line) => this.input.log(step, line) };
    try {
      const outcome = await attempt.bound(this.perform(step, crashed, context));
      await this.settle(step, outcome);
    } catch (error) {
      if (error instanceof FenceLost || error instanceof WriteFailed || this.halt.signal.aborted) throw error;
      await this.fail(step, attempt.timedOut() ? timeoutError(this.input.limits.attemptMs) : error, context);
    } finally {
      attempt.dispose();
      this.input.changed();
    }
  }

  private async perform(step: StepRecord, crashed: boolean, context: StepContext): Promise<StepOutcome> {
    const { session } = this.input;
    if (crashed) {
      context.log("The worker that did this went away; looking at what happened.");
      const seen = await this.observe(step, context);
      if (seen.state !== "absent") return seen;
      if (this.stopping()) throw new StepCancelled();
      context.log("It had not been completed; going on with it now.");
    }
    return step.token ? session.poll(step, step.token, context) : session.execute(step, context);
  }

  private async observe(
    step: StepRecord,
    context: StepContext,
  ): Promise<Exclude<StepObservation, { state: "unobservable" }>> {
    let message = "";
    for (let attempt = 1; attempt <= this.input.limits.stepAttempts; attempt += 1) {
      try {
        const seen = await this.input.session.observe(step, context);
        if (seen.state !== "unobservable") return seen;
        message = seen.message;
      } catch (error) {
        if (error instanceof FenceLost || this.halt.signal.aborted) throw error;
        message = messageOf(error);
      }
      if (context.signal.aborted) break;
      await sleep(backoffMs(attempt, this.input.limits, Math.random()), context.signal);
    }
    throw new Unobservable(message);
  }

  private async settle(step: StepRecord, outcome: StepOutcome): Promise<void> {
    if (outcome.state === "pending") {
      const nextAttemptAt = new Date(Date.now() + outcome.wakeAfterMs);
      await this.move(step, { to: "waiting", token: outcome.token, nextAttemptAt });
      this.schedule.wait(step);
      return;
    }
    await this.move(step, { to: outcome.skipped ? "skipped" : "succeeded", effect: outcome.effect });
    this.schedule.finish(step);
  }

  private async fail(step: StepRecord, thrown: unknown, context: StepContext): Promise<void> {
    const { limits } = this.input;
    let error = isStepError(thrown) ? thrown : classifyError(thrown);
    if (this.stopping() && (thrown instanceof StepCancelled || error.kind !== "unknown")) {
      await this.move(step, { to: "cancelled", error: { ...error, kind: "cancelled" } });
      return;
    }
    if (error.kind === "unknown" && !(thrown instanceof Unobservable)) {
      context.log(`${error.message} Nobody knows yet what came of it; looking.`);
      const seen = await this.lookAfterUnknown(step, context);
      if (seen && seen.state !== "absent") return this.settle(step, seen);
      if (seen) error = { ...error, kind: "retryable" };
    }
    const retry = error.kind === "retryable" || error.kind === "timeout";
    if (retry && step.attempts < limits.stepAttempts) {
      const waitMs = backoffMs(step.attempts, limits, Math.random());
      context.log(`${error.message} Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
      const nextAttemptAt = new Date(Date.now() + waitMs);
      await this.move(step, { to: "waiting", error, token: step.token, nextAttemptAt });
      this.schedule.wait(step);
      return;
    }
    context.log(error.message);
    await this.move(step, { to: error.kind === "unknown" ? "unknown" : "failed", error });
    this.schedule.fail(step);
  }

  private async lookAfterUnknown(
    step: StepRecord,
    context: StepContext,
  ): Promise<Exclude<StepObservation, { state: "unobservable" }> | null> {
    const attempt = this.attemptSignal();
    try {
      return await attempt.bound(this.observe(step, { ...context, signal: attempt.signal }));
    } catch (error) {
      if (error instanceof FenceLost || this.halt.signal.aborted) throw error;
      context.log(messageOf(error));
      return null;
    } finally {
      attempt.dispose();
    }
  }

  /**
   * A signal that aborts at the attempt's time limit, when the run is lost and when it is cancelled. `bound`
   * gives a call that ignores the signal a grace time and then goes on without it.
   */
  private attemptSignal(): AttemptSignal {
    const { cancelled, limits } = this.input;
    return new AttemptSignal([this.halt.signal, cancelled], limits.attemptMs, limits.cancelGraceMs);
  }
}

class StepCancelled extends Error {
  constructor() {
    super("Cancelled before it was done.");
  }
}

class Unobservable extends Error {
  constructor(reason: string) {
    super(`Nobody can tell whether this happened: ${reason}`);
  }
}

function errorOf(step: StepRecord, kind: StepError["kind"]): StepError {
  const error = step.error ?? { kind, message: "It ended without saying why." };
  return { ...error, message: `${step.component}: ${error.message}` };
}

function timeoutError(attemptMs: number): StepError {
  return { kind: "timeout", message: `No answer within ${Math.round(attemptMs / 1000)} s.` };
}

function isStepError(value: unknown): value is StepError {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "kind" in value;
}
