import { within } from "@/lib/kernel/probe";
import { moduleLog } from "../log";
import type { Backend, JobQueue, JobWorker } from "./backend";
import type { QueueName } from "./catalog";

interface Shared {
  backend?: Promise<Backend>;
  queues: Map<QueueName, Promise<JobQueue>>;
  workers: Set<JobWorker>;
}

// Next's development server loads modules again and again; the connections must survive that.
const holder = globalThis as typeof globalThis & { rostrumQueues?: Shared };
const shared: Shared = holder.rostrumQueues ?? { queues: new Map(), workers: new Set() };
holder.rostrumQueues = shared;

/** No one waits for the queue's server longer than this. */
export const answerLimitMs = 3_000;
/** After a failure no one waits for the queue again for this long: recurring jobs find the work meanwhile. */
const restMs = 2_000;
let restUntilMs = 0;
let lastWarnedMs = 0;

/** Whether the queue failed a moment ago. */
export function isResting(): boolean {
  return performance.now() < restUntilMs;
}

export function restAfterFailure(): void {
  restUntilMs = performance.now() + restMs;
}

/** A queue that is down says so many times a second; once in ten seconds is enough for the log. */
export function warnOfQueue(error: unknown, queue: QueueName, message: string): void {
  if (Date.now() - lastWarnedMs < 10_000) return;
  lastWarnedMs = Date.now();
  moduleLog("queue").warn({ err: error, queue }, message);
}

export async function getBackend(): Promise<Backend> {
  // Pages send no jobs: a portal loads BullMQ with the first one it sends.
  shared.backend ??= import("./backend").then(({ openBackend }) => openBackend());
  try {
    return await shared.backend;
  } catch (error) {
    // Not kept: the next caller tries again.
    delete shared.backend;
    throw error;
  }
}

export async function getQueue(name: QueueName): Promise<JobQueue> {
  const known = shared.queues.get(name);
  if (known) return await known;
  const opening = getBackend().then((backend) => {
    const queue = backend.queue(name);
    queue.on("error", (error) => warnOfQueue(error, name, "queue error"));
    return queue;
  });
  shared.queues.set(name, opening);
  opening.catch(() => shared.queues.delete(name));
  return await opening;
}

/** @throws when the queue's server does not answer; may take as long as that server does */
export async function pingQueue(): Promise<void> {
  await (await getBackend()).ping();
}

/** Has `closeQueues` end a worker too. */
export function keepWorker(worker: JobWorker): void {
  shared.workers.add(worker);
}

export async function closeWorker(worker: JobWorker, graceMs: number): Promise<void> {
  if (!shared.workers.delete(worker)) return;
  try {
    await within(graceMs, worker.close());
  } catch {
    // A worker that still works is cut off; its run is claimed again after the lease.
    await worker.close(true);
  }
}

/** Ends the workers and connections of this process. */
export async function closeQueues(graceMs = 10_000): Promise<void> {
  await Promise.all([...shared.workers].map((worker) => closeWorker(worker, graceMs)));
  const opened = await Promise.allSettled(shared.queues.values());
  for (const one of opened) if (one.status === "fulfilled") await one.value.close();
  shared.queues.clear();
  restUntilMs = 0;
  const backend = await shared.backend?.catch(() => undefined);
  delete shared.backend;
  await backend?.close();
}
