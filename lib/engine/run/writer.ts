import { type Clock, systemClock } from "@/lib/kernel/clock";
import type { RunStore, StepMove } from "./ports";
import { stepStates } from "./states";

/** The run was claimed by someone else: the worker that gets this must stop without touching anything. */
export class FenceLost extends Error {
  constructor(runId: string) {
    super(`Run ${runId} was taken over by another worker.`);
    this.name = "FenceLost";
  }
}

/** The database did not take a transition: the walk stops, the lease runs out, the next owner looks. */
export class WriteFailed extends Error {
  constructor(cause: unknown) {
    super("Couldn’t record the step.", { cause });
    this.name = "WriteFailed";
  }
}

interface Entry {
  moves: readonly StepMove[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Transitions written at once, about. */
const maxBatch = 2_000;

/**
 * Writes step transitions of all runs of a process, many at once (group commit): while one flush is under way the next
 * gathers. One that was not written means the fence is lost. A promise resolves when its transition is durable.
 */
export class StepWriter {
  private waiting: Entry[] = [];
  private inFlight = 0;
  private scheduled = false;

  constructor(
    private readonly store: Pick<RunStore, "writeMoves">,
    private readonly clock: Clock = systemClock,
    private readonly maxInFlight = 2,
  ) {}

  /** Records one transition; also updates the step in memory once it is durable. */
  write(move: StepMove): Promise<void> {
    return this.writeTogether([move]);
  }

  /** Records transitions of one run that become durable together or not at all. */
  writeTogether(moves: readonly StepMove[]): Promise<void> {
    for (const move of moves) stepStates.transition(move.step.status, move.to);
    return new Promise((resolve, reject) => {
      this.waiting.push({ moves, resolve, reject });
      this.schedule();
    });
  }

  /** Waits until everything handed in so far is written or refused. */
  async drain(): Promise<void> {
    while (this.inFlight > 0 || this.waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  private schedule(): void {
    if (this.scheduled || this.inFlight >= this.maxInFlight) return;
    this.scheduled = true;
    // Every step that became ready in this turn joins the batch.
    this.clock.soon(() => {
      this.scheduled = false;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    if (this.waiting.length === 0 || this.inFlight >= this.maxInFlight) return;
    const batch = this.takeBatch();
    this.inFlight += 1;
    try {
      const written = await this.store.writeMoves(batch.flatMap((entry) => entry.moves));
      for (const entry of batch) settle(entry, written);
    } catch (error) {
      for (const entry of batch) entry.reject(new WriteFailed(error));
    } finally {
      this.inFlight -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }

  private takeBatch(): Entry[] {
    let size = 0;
    let count = 0;
    while (count < this.waiting.length && size < maxBatch) {
      size += this.waiting[count]?.moves.length ?? 0;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }
}

function settle(entry: Entry, written: ReadonlySet<string>): void {
  const refused = entry.moves.find((move) => !written.has(move.step.id));
  if (refused) {
    entry.reject(new FenceLost(refused.step.runId));
    return;
  }
  for (const move of entry.moves) remember(move);
  entry.resolve();
}

/** The step in memory becomes what is now durable. */
function remember(move: StepMove): void {
  if (move.to === "running" && move.step.status !== "running") move.step.attempts += 1;
  move.step.status = move.to;
  move.step.token = move.token ?? null;
  move.step.error = move.error ?? null;
  move.step.nextAttemptAt = move.nextAttemptAt ?? null;
}
