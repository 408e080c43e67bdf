import { messageOf } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { Attempts } from "./attempt-signal";
import { CloudAway, cloudWait, keptWait } from "./cloud-wait";
import { type Observed, observeStep } from "./observe-step";
import { Pause } from "./pause";
import type { StepMove } from "./ports";
import { backoffMs, classifyError } from "./retry";
import { StepSchedule } from "./schedule";
import { errorOf, isStepError, runErrors, StepCancelled, timeoutError, Unobservable } from "./step-errors";
import type { StepContext, StepError, StepOutcome, StepRecord } from "./types";
import type { WalkEnd, WalkInput } from "./walk-input";
import { FenceLost, WriteFailed } from "./writer";

/**
 * Walks the graph of one claimed run until everything is finished, something failed and nothing else can continue,
 * only far-away retries are left (parked), or the run is lost.
 * @throws FenceLost when another worker owns the run
 */
export async function walkRun(input: WalkInput): Promise<WalkEnd> {
  return new Walk(input).walk();
}

class Walk {
  private readonly schedule: StepSchedule;
  private readonly active = new Map<number, Promise<void>>();
  /** Nothing new starts, and what is under way was told to stop. */
  private halted = false;
  /** Steps whose start is being written together with the end of another. */
  private starting = 0;
  private readonly pause: Pause;
  private broken: unknown = null;
  private readonly attempts: Attempts;
  private readonly now: () => number;

  constructor(private readonly input: WalkInput) {
    this.schedule = new StepSchedule(input.steps);
    this.pause = new Pause(input.clock);
    this.now = input.clock.now;
    this.attempts = new Attempts(input.limits, input.clock, () => this.halted || input.cancelled.aborted);
  }

  async walk(): Promise<WalkEnd> {
    const onCancelled = () => {
      this.attempts.abortAll();
      this.pause.end();
    };
    const onLost = () => this.break(new FenceLost(this.input.run.id));
    this.input.lost.addEventListener("abort", onLost);
    this.input.cancelled.addEventListener("abort", onCancelled);
    if (this.input.lost.aborted) onLost();
    try {
      for (;;) {
        if (this.broken) throw this.broken;
        this.startReady();
        if (this.active.size === 0) {
          const end = this.endOrWait();
          if (typeof end !== "number") return end;
          await this.pause.wait(end);
        } else {
          await this.pause.wait(this.msUntilNextDue());
        }
      }
    } finally {
      this.input.lost.removeEventListener("abort", onLost);
      this.input.cancelled.removeEventListener("abort", onCancelled);
      // Nothing of this walk may outlive it: what still runs sees the aborted signal.
      this.stopAll();
      if (this.active.size > 0) await Promise.allSettled(this.active.values());
    }
  }

  private break(error: unknown): void {
    this.broken ??= error;
    this.stopAll();
    this.pause.end();
  }

  private stopAll(): void {
    this.halted = true;
    this.attempts.abortAll();
  }

  private stopping(): boolean {
    return this.halted || this.input.cancelled.aborted || this.pastDeadline();
  }

  private pastDeadline(): boolean {
    const { deadlineAt } = this.input.run;
    return deadlineAt !== null && this.now() > deadlineAt.getTime();
  }

  private startReady(): void {
    if (this.halted) return;
    // A crashed step is looked at even when the run is being cancelled: what exists must be known.
    while (this.room() > 0) {
      const step =
        this.schedule.takeCrashed() ?? (this.stopping() ? undefined : this.schedule.takeReady(this.now()));
      if (!step) return;
      this.launch(step, false);
    }
  }

  private room(): number {
    return this.input.session.maxParallel - this.active.size - this.starting;
  }

  private launch(step: StepRecord, recorded: boolean): void {
    const work = this.runStep(step, recorded)
      .catch((error: unknown) => this.break(error))
      .finally(() => {
        this.active.delete(step.position);
        this.pause.end();
      });
    this.active.set(step.position, work);
  }

  private endOrWait(): WalkEnd | number {
    const { unknown, failed, unfinished, nextDueAt, away } = this.schedule.summary();
    if (unknown) return { status: "unknown", error: errorOf(unknown, "unknown") };
    if (this.input.cancelled.aborted && unfinished) {
      return { status: "cancelled", error: runErrors.canceled };
    }
    if (this.pastDeadline() && unfinished) {
      return { status: "failed", error: runErrors.timedOut };
    }
    if (nextDueAt !== null) {
      const waitMs = nextDueAt - this.now();
      return waitMs > this.input.limits.parkAfterMs
        ? { status: "parked", wakeAt: new Date(nextDueAt), error: away && errorOf(away, "retryable") }
        : waitMs;
    }
    if (failed) return { status: "failed", error: errorOf(failed, "permanent") };
    if (!unfinished) return { status: "succeeded" };
    return { status: "failed", error: runErrors.blocked };
  }

  /** What is due while nothing can be taken up waits for the end of a step, which ends the pause. */
  private msUntilNextDue(): number {
    const { nextDueAt } = this.schedule.summary();
    if (nextDueAt === null || this.room() <= 0 || this.stopping()) return 60_000;
    return Math.max(1, nextDueAt - this.now());
  }

  private asMove(step: StepRecord, change: Omit<StepMove, "step" | "environmentId" | "fence">): StepMove {
    const { run } = this.input;
    return { step, environmentId: run.environmentId, fence: run.fence, ...change };
  }

  private move(step: StepRecord, change: Omit<StepMove, "step" | "environmentId" | "fence">): Promise<void> {
    return this.input.writer.write(this.asMove(step, change));
  }

  /** @param recorded its intent was written together with the end of the step before it */
  private async runStep(step: StepRecord, recorded: boolean): Promise<void> {
    const crashed = step.status === "running" && !recorded;
    const polling = step.status === "waiting" && step.token !== null;
    // Intent first: from here on a crash leads to an observation, never to a blind repeat. A poll only looks.
    if (!crashed && !polling && !recorded) await this.move(step, { to: "running", error: keptWait(step) });
    this.input.changed();
    const attempt = this.attempts.open();
    const context: StepContext = {
      signal: attempt.signal,
      log: (line) => this.input.log(step, line),
      waiting: (turn) => attempt.waiting(turn),
    };
    try {
      const outcome = await attempt.bound(this.perform(step, crashed, context));
      await this.settle(step, outcome);
    } catch (error) {
      if (error instanceof FenceLost || error instanceof WriteFailed || this.halted) throw error;
      await this.fail(step, attempt.timedOut() ? timeoutError(this.input.limits.attemptMs) : error, context);
    } finally {
      this.attempts.close(attempt);
      this.input.changed();
    }
  }

  private async perform(step: StepRecord, crashed: boolean, context: StepContext): Promise<StepOutcome> {
    const { session } = this.input;
    if (crashed || step.error?.unreachable?.lookFirst) {
      const why = crashed ? "The worker stopped responding." : "The cloud was unreachable.";
      context.log(`${why} Checking the current state.`);
      const seen = await this.observe(step, context);
      if (seen.state !== "absent") return seen;
      if (this.stopping()) throw new StepCancelled();
      context.log("Step was incomplete. Resuming.");
    } else if (this.stopping()) {
      throw new StepCancelled();
    }
    return step.token ? session.poll(step, step.token, context) : session.execute(step, context);
  }

  private observe(step: StepRecord, context: StepContext): Promise<Observed> {
    return observeStep(step, context, { ...this.input, isHalted: () => this.halted });
  }

  private async settle(step: StepRecord, outcome: StepOutcome): Promise<void> {
    if (outcome.state === "pending") {
      const nextAttemptAt = new Date(this.now() + outcome.wakeAfterMs);
      await this.move(step, { to: "waiting", token: outcome.token, nextAttemptAt });
      this.schedule.wait(step);
      return;
    }
    const end = this.asMove(step, { to: outcome.skipped ? "skipped" : "succeeded", effect: outcome.effect });
    // What waited for this step alone starts with its end in one write: a chain costs one write a step, not two.
    const next = this.stopping() ? [] : this.schedule.followers(step, this.room() + 1);
    this.starting += next.length;
    try {
      const starts = next.map((one) => this.asMove(one, { to: "running" }));
      await this.input.writer.writeTogether([end, ...starts]);
    } finally {
      this.starting -= next.length;
    }
    this.schedule.finish(step);
    if (this.halted) return;
    for (const one of next) this.launch(one, true);
  }

  private async fail(step: StepRecord, thrown: unknown, context: StepContext): Promise<void> {
    const { limits } = this.input;
    let error = isStepError(thrown) ? thrown : classifyError(thrown, this.now());
    if (await this.waitForCloud(step, error, thrown instanceof CloudAway, context)) return;
    if (this.stopping() && (thrown instanceof StepCancelled || error.kind !== "unknown")) {
      await this.move(step, { to: "cancelled", error: { ...error, kind: "cancelled" } });
      return;
    }
    // What was interrupted by its time limit may have happened all the same.
    const isOpen = error.kind === "unknown" || error.kind === "timeout";
    if (isOpen && !(thrown instanceof Unobservable)) {
      context.log(`${error.message} Outcome unknown; checking the current state.`);
      const seen = await this.lookAfterUnknown(step, context);
      if (seen instanceof CloudAway) {
        if (await this.waitForCloud(step, classifyError(seen, this.now()), true, context)) return;
        throw seen;
      }
      if (seen && seen.state !== "absent") return this.settle(step, seen);
      if (!seen) error = { ...error, kind: "unknown" };
      else if (error.kind === "unknown") error = { ...error, kind: "retryable" };
    }
    const retry = error.kind === "retryable" || error.kind === "timeout";
    const spared = step.error?.spared ?? 0;
    const attempts = step.attempts - spared;
    if (spared > 0) error = { ...error, spared };
    if (retry && attempts < limits.stepAttempts) {
      const waitMs = backoffMs(Math.max(1, attempts), limits, Math.random());
      context.log(`${error.message} Retrying in ${formatDuration(waitMs)}.`);
      const nextAttemptAt = new Date(this.now() + waitMs);
      await this.move(step, { to: "waiting", error, token: step.token, nextAttemptAt });
      this.schedule.wait(step);
      return;
    }
    context.log(error.message);
    await this.move(step, { to: error.kind === "unknown" ? "unknown" : "failed", error });
    this.schedule.fail(step);
  }

  /** Lets a step wait for its cloud; answers false where that is not why it failed, or it waited too long. */
  private async waitForCloud(
    step: StepRecord,
    error: StepError,
    lookFirst: boolean,
    context: StepContext,
  ): Promise<boolean> {
    const { limits, run } = this.input;
    const wait = this.stopping()
      ? null
      : cloudWait(step.error, error, {
          limits,
          lookFirst,
          counted: step.status === "running",
          nowMs: this.now(),
        });
    if (!wait) return false;
    context.log(`${wait.error.message} Retrying in ${formatDuration(wait.waitMs)}.`);
    // What it waits for a cloud is not the run's time.
    if (run.deadlineAt) run.deadlineAt = new Date(run.deadlineAt.getTime() + wait.waitMs);
    const nextAttemptAt = new Date(this.now() + wait.waitMs);
    await this.move(step, { to: "waiting", error: wait.error, token: step.token, nextAttemptAt });
    this.schedule.wait(step);
    return true;
  }

  private async lookAfterUnknown(
    step: StepRecord,
    context: StepContext,
  ): Promise<Observed | CloudAway | null> {
    const attempt = this.attempts.open();
    try {
      return await attempt.bound(this.observe(step, { ...context, signal: attempt.signal }));
    } catch (error) {
      if (error instanceof FenceLost || this.halted) throw error;
      if (error instanceof CloudAway) return error;
      context.log(messageOf(error));
      return null;
    } finally {
      this.attempts.close(attempt);
    }
  }
}
