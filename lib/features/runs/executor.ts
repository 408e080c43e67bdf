import type { EndedRun, RunExecutor, RunRecord, RunSession, StepRecord } from "@/lib/engine/run";
import {
  type EnvironmentContext,
  knownSecrets,
  loadEnvironments,
  withheldText,
} from "@/lib/features/environments";
import { Batcher } from "@/lib/kernel/batcher";
import { notFound } from "@/lib/kernel/errors";
import { pooled, type Tx } from "@/lib/platform/db";
import { publishEvents, type Topic } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { Masker } from "@/lib/platform/masking";
import { settleEnds } from "./ended";
import { EnvironmentSession } from "./session";

/** Screens hear of a run's progress this often, and less often the more runs of this worker continue at once. */
const eventDelayMs = 120;
const eventDelayPerRunMs = 3;
const maxEventDelayMs = 1_000;
const maxParallelSteps = 100;

/** Binds the engine to environments and clouds. One per worker process. */
export class EnvironmentExecutor implements RunExecutor<Tx> {
  private readonly sessions = new Map<string, EnvironmentSession>();
  private readonly touched = new Map<string, string>();
  /** Runs that begin together are loaded together. */
  private readonly loading = new Batcher(loadAll);
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly maxParallel = maxParallelSteps) {}

  async open(run: RunRecord, _steps: readonly StepRecord[]): Promise<RunSession> {
    const loaded = await this.loading.add(run.environmentId);
    if (!loaded) throw notFound("The environment");
    const session = new EnvironmentSession(run, loaded, this.maxParallel, () => this.sessions.delete(run.id));
    this.sessions.set(run.id, session);
    return session;
  }

  async ended(tx: Tx, ends: readonly EndedRun[]): Promise<void> {
    await settleEnds(
      tx,
      ends.map(({ run, status }) => ({
        runId: run.id,
        environmentId: run.environmentId,
        status,
        outcome: this.sessions.get(run.id)?.outcome(),
      })),
    );
  }

  /** However many steps a run has, its screens are told in bundles; of its end they hear at once. */
  changed(runId: string, environmentId: string): void {
    this.touched.set(runId, environmentId);
    const delayMs = Math.min(eventDelayMs + this.sessions.size * eventDelayPerRunMs, maxEventDelayMs);
    this.timer ??= setTimeout(() => void this.publish(), delayMs);
  }

  private async publish(): Promise<void> {
    this.timer = null;
    const events = [...this.touched].flatMap(([runId, environmentId]) => [
      { topic: `run:${runId}` as Topic, kind: "run.changed" },
      { topic: `environment:${environmentId}` as Topic, kind: "run.changed", payload: { runId } },
    ]);
    this.touched.clear();
    try {
      await publishEvents(pooled, events);
    } catch (error) {
      moduleLog("runs").warn({ err: error }, "couldn’t publish the progress of a run");
    }
  }
}

interface Loaded {
  context: EnvironmentContext;
  masker: Masker;
}

async function loadAll(environmentIds: string[]): Promise<(Loaded | undefined)[]> {
  const [contexts, secrets] = await Promise.all([
    loadEnvironments(environmentIds),
    knownSecrets(environmentIds),
  ]);
  return environmentIds.map((id) => {
    const context = contexts.get(id);
    return context && { context, masker: secrets.get(id)?.masker ?? new Masker([], withheldText) };
  });
}
