import type { BulkJobOptions, Queue, Worker } from "bullmq";
import { Batcher } from "@/lib/kernel/batcher";
import { within } from "@/lib/kernel/probe";
import { moduleLog } from "../log";
import { type Backend, openBackend } from "./backend";
import { type QueueName, type QueuePayload, queueNames, queues } from "./catalog";

export { type QueueName, type QueuePayload, queueNames, queues } from "./catalog";

interface Shared {
  backend?: Promise<Backend>;
  queues: Map<QueueName, Promise<Queue>>;
  workers: Set<Worker>;
}

// Next's development server loads modules again and again; the connections must survive that.
const holder = globalThis as typeof globalThis & { rostrumQueues?: Shared };
const shared: Shared = holder.rostrumQueues ?? { queues: new Map(), workers: new Set() };
holder.rostrumQueues = shared;

const enqueueLimitMs = 3_000;
/** After a failure nobody waits for the queue again for this long: the sweeper finds the work meanwhile. */
const restMs = 2_000;
let restUntilMs = 0;
let lastWarnedMs = 0;

/** A queue that is down says so many times a second; once in ten seconds is enough for the log. */
function warnOfQueue(error: unknown, queue: QueueName, message: string): void {
  if (Date.now() - lastWarnedMs < 10_000) return;
  lastWarnedMs = Date.now();
  moduleLog("queue").warn({ err: error, queue }, message);
}

async function getBackend(): Promise<Backend> {
  shared.backend ??= openBackend();
  try {
    return await shared.backend;
  } catch (error) {
    // Not kept: the next caller tries again.
    delete shared.backend;
    throw error;
  }
}

async function getQueue(name: QueueName): Promise<Queue> {
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

export interface EnqueueOptions {
  delayMs?: number;
  /** While a message with this key waits or is worked on, another one is dropped. */
  dedupeKey?: string;
}

interface Message {
  name: string;
  data: unknown;
  opts: BulkJobOptions;
}

const senders = new Map<QueueName, Batcher<Message, boolean>>();

/** Messages that come while others are being sent go together: a thousand runs that become due are one statement. */
function senderOf(name: QueueName): Batcher<Message, boolean> {
  const known = senders.get(name);
  if (known) return known;
  const sender = new Batcher<Message, boolean>(async (messages) => {
    const sent = await send(name, messages);
    return messages.map(() => sent);
  });
  senders.set(name, sender);
  return sender;
}

async function addAll(name: QueueName, messages: Message[]): Promise<void> {
  await (await getQueue(name)).addBulk(messages);
}

async function send(name: QueueName, messages: Message[]): Promise<boolean> {
  if (Date.now() < restUntilMs) return false;
  try {
    await within(enqueueLimitMs, addAll(name, messages));
    return true;
  } catch (error) {
    restUntilMs = Date.now() + restMs;
    moduleLog("queue").warn(
      { err: error, queue: name, messages: messages.length, first: messages[0]?.data },
      "couldn't send messages; pending jobs are picked up from the database",
    );
    return false;
  }
}

/**
 * Sends a message, after the transaction that made its work has committed. Never throws for a queue that is down:
 * answers false, and the sweeper finds the work in the database.
 */
export async function enqueue<N extends QueueName>(
  name: N,
  payload: QueuePayload<N>,
  options: EnqueueOptions = {},
): Promise<boolean> {
  const data = queues[name].payload.parse(payload);
  if (Date.now() < restUntilMs) return false;
  return await senderOf(name).add({
    name,
    data,
    opts: {
      attempts: queues[name].attempts,
      backoff: { type: "exponential", delay: 1_000 },
      ...(options.delayMs && { delay: options.delayMs }),
      ...(options.dedupeKey && { deduplication: { id: options.dedupeKey } }),
    },
  });
}

export interface QueueWorker {
  /** Takes no more messages and waits for those in hand, at most `graceMs` (10 s if absent). */
  close(graceMs?: number): Promise<void>;
}

/** Handles a queue's messages, `concurrency` at once, until closed. A handler that throws fails its message. */
export async function startWorker<N extends QueueName>(
  name: N,
  handler: (payload: QueuePayload<N>) => Promise<void>,
  options: { concurrency?: number } = {},
): Promise<QueueWorker> {
  const backend = await getBackend();
  const schema = queues[name].payload;
  const process = async (data: unknown) => await handler(schema.parse(data) as QueuePayload<N>);
  const worker = backend.worker(name, process, { concurrency: options.concurrency ?? 1 });
  worker.on("error", (error) => warnOfQueue(error, name, "worker error"));
  worker.on("failed", (job, error) =>
    moduleLog("queue").error({ err: error, queue: name, data: job?.data }, "a message failed"),
  );
  shared.workers.add(worker);
  return { close: async (graceMs = 10_000) => await closeWorker(worker, graceMs) };
}

async function closeWorker(worker: Worker, graceMs: number): Promise<void> {
  if (!shared.workers.delete(worker)) return;
  try {
    await within(graceMs, worker.close());
  } catch {
    // Whoever still works is cut off; its run is claimed again after the lease.
    await worker.close(true);
  }
}

/** Sends an empty message regularly: every so many milliseconds, or by a cron pattern (UTC). Idempotent. */
export async function schedule(
  name: Extract<QueueName, `${string}.tick`>,
  every: { everyMs: number } | { cron: string },
): Promise<void> {
  const queue = await getQueue(name);
  const repeat = "cron" in every ? { pattern: every.cron, tz: "UTC" } : { every: every.everyMs };
  await queue.upsertJobScheduler(`${name}.schedule`, repeat, { name, data: {} });
}

export interface QueueStats {
  name: QueueName;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  workers: number;
  /** The newest failures, without payloads' secrets: messages carry ids only. */
  failures: { id: string; reason: string; failedAt: string | null; data: unknown }[];
}

/** How every queue stands. @throws when the queue's server does not answer within 3 s */
export async function queueStats(): Promise<{ backend: "redis" | "postgres"; queues: QueueStats[] }> {
  return await within(enqueueLimitMs, readStats());
}

async function readStats() {
  const backend = await getBackend();
  return { backend: backend.kind, queues: await Promise.all(queueNames.map(statsOf)) };
}

/** @throws when the queue's server does not answer; may take as long as that server does */
export async function pingQueue(): Promise<void> {
  await (await getBackend()).ping();
}

async function statsOf(name: QueueName): Promise<QueueStats> {
  const queue = await getQueue(name);
  const [counts, workers, failed] = await Promise.all([
    queue.getJobCounts("waiting", "active", "delayed", "failed"),
    queue.getWorkersCount(),
    queue.getFailed(0, 4),
  ]);
  return {
    name,
    waiting: counts.waiting ?? 0,
    active: counts.active ?? 0,
    delayed: counts.delayed ?? 0,
    failed: counts.failed ?? 0,
    workers,
    failures: failed.map((job) => ({
      id: String(job.id),
      reason: job.failedReason ?? "",
      failedAt: job.finishedOn ? new Date(job.finishedOn).toISOString() : null,
      data: job.data,
    })),
  };
}

/** Tries the failed messages of a queue again. */
export async function retryFailed(name: QueueName): Promise<void> {
  const queue = await getQueue(name);
  await queue.retryJobs({ state: "failed", count: 500 });
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
