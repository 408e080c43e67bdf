import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerFamily } from "@/lib/platform/config/load";
import { moduleLog } from "@/lib/platform/log";
import { ensureSchedules, jobs, lookMsOf, type ScheduleName, schedulesOf } from "@/lib/platform/queue";
import type { Stop } from "./stop";
import type { Turns } from "./turns";

const everyMs = 2_000;
/** A queue that is down is asked again after this. */
const askAgainMs = 5_000;

/**
 * The one timer beside the queue: in each process it makes sure that the job schedulers of its roles exist and move, and
 * does what is due itself while the queue is down. It costs nothing while this process sees its jobs come. A frequent
 * job it hasn't seen for 5 s it tries to take over, as its worker may have died; another one, unseen for two turns, has it
 * ask the queue whether others do it or whether its scheduler was lost.
 */
export class SafetyLoop {
  private readonly log = moduleLog("workers");
  private downUntilMs = Number.NEGATIVE_INFINITY;
  private isDown = false;

  constructor(
    private readonly roles: readonly WorkerFamily[],
    private readonly turns: Turns,
  ) {}

  /** Looks at once, so that a process that starts does what is due, and from then on every two seconds. */
  start(): Stop {
    const ending = new AbortController();
    const looping = this.run(ending.signal);
    return async () => {
      ending.abort();
      await looping;
    };
  }

  private async run(signal: AbortSignal): Promise<void> {
    // Processes that start together must not stay in step.
    let pauseMs = Math.random() * 1_000;
    while (!signal.aborted) {
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await Promise.all(this.roles.map((role) => this.look(role)));
      pauseMs = everyMs;
    }
  }

  /** One look at the jobs of a role. */
  async look(role: WorkerFamily): Promise<void> {
    if (this.isDown) await this.doDue(role);
    const silent = schedulesOf(role).filter((name) => {
      return this.turns.silentMs(name) > Math.max(2 * intervalOf(name), askAgainMs);
    });
    const others = silent.filter((name) => lookMsOf(name) === null || !this.wasSeen(name));
    let asks = this.isDown ? performance.now() >= this.downUntilMs : others.length > 0;
    for (const name of silent) if (!others.includes(name) && (await this.do(name))) asks = true;
    if (asks) await this.ask(role, others);
  }

  private async ask(role: WorkerFamily, silent: readonly ScheduleName[]): Promise<void> {
    // Those of a first start are just new.
    const known = schedulesOf(role).filter((name) => this.wasSeen(name));
    try {
      const lost = await ensureSchedules(role);
      const were = lost.filter((name) => known.includes(name));
      if (were.length > 0) this.log.warn({ role, jobs: were }, "recreated lost or stuck job schedules");
      this.isDown = false;
      for (const name of silent) {
        // What was never seen is due with the start of this process.
        if (lost.includes(name) || !this.wasSeen(name)) await this.do(name);
        else this.turns.noteSeen(name);
      }
    } catch (error) {
      if (!this.isDown) this.log.warn({ err: error, role }, "can't read job schedules; doing what is due");
      this.isDown = true;
      this.downUntilMs = performance.now() + askAgainMs;
      await this.doDue(role);
    }
  }

  private wasSeen(name: ScheduleName): boolean {
    return this.turns.silentMs(name) < Number.POSITIVE_INFINITY;
  }

  private async doDue(role: WorkerFamily): Promise<void> {
    for (const name of schedulesOf(role)) {
      if (this.turns.silentMs(name) >= intervalOf(name)) await this.do(name);
    }
  }

  /** Begins a turn, unless one is under way anywhere. */
  private async do(name: ScheduleName): Promise<boolean> {
    const failed = (error: unknown) => {
      this.log.warn({ err: error, job: name }, `${name} failed; retrying`);
      return null;
    };
    this.turns.noteSeen(name);
    const turn = await this.turns.begin(name).catch(failed);
    turn?.ended.catch(failed);
    return turn !== null;
  }
}

function intervalOf(name: ScheduleName): number {
  return lookMsOf(name) ?? jobs[name].everyMs;
}
