import type { BulkJobOptions } from "bullmq";
import { Batcher } from "@/lib/kernel/batcher";
import { within } from "@/lib/kernel/probe";
import { moduleLog } from "../log";
import { type JobPayload, jobs, type MessageName } from "./catalog";
import { answerLimitMs, getQueue, isResting, restAfterFailure } from "./connection";

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

const senders = new Map<MessageName, Batcher<Message, boolean>>();

/** Messages that come while others are being sent go together: a thousand runs that become due are one statement. */
function senderOf(name: MessageName): Batcher<Message, boolean> {
  const known = senders.get(name);
  if (known) return known;
  const sender = new Batcher<Message, boolean>(async (messages) => {
    const sent = await send(name, messages);
    return messages.map(() => sent);
  });
  senders.set(name, sender);
  return sender;
}

async function addAll(name: MessageName, messages: Message[]): Promise<void> {
  await (await getQueue(name)).addBulk(messages);
}

async function send(name: MessageName, messages: Message[]): Promise<boolean> {
  if (isResting()) return false;
  try {
    await within(answerLimitMs, addAll(name, messages));
    return true;
  } catch (error) {
    restAfterFailure();
    moduleLog("queue").warn(
      { err: error, queue: name, messages: messages.length, first: messages[0]?.data },
      "couldn't send messages; pending jobs are picked up from the database",
    );
    return false;
  }
}

/**
 * Sends a job, after the transaction that made its work has committed. Never throws for a queue that is down:
 * answers false, and a recurring job finds the work in the database.
 */
export async function enqueue<N extends MessageName>(
  name: N,
  payload: JobPayload<N>,
  options: EnqueueOptions = {},
): Promise<boolean> {
  const message = messageOf(name, payload, options);
  if (isResting()) return false;
  return await senderOf(name).add(message);
}

function messageOf(name: MessageName, payload: unknown, options: EnqueueOptions): Message {
  return {
    name,
    data: jobs[name].schema.parse(payload),
    opts: {
      attempts: jobs[name].attempts,
      backoff: { type: "exponential", delay: 1_000 },
      ...(options.delayMs && { delay: options.delayMs }),
      ...(options.dedupeKey && { deduplication: { id: options.dedupeKey } }),
    },
  };
}

/**
 * Hands batches of a recurring job to whichever workers are free. While batches of an earlier turn still wait, none are
 * added: what is slow must not pile up, and those that wait find the same work.
 * @returns false when the queue is down: the caller does the work itself
 */
export async function fanOut<N extends MessageName>(
  name: N,
  payloads: readonly JobPayload<N>[],
): Promise<boolean> {
  if (payloads.length === 0) return true;
  const messages = payloads.map((payload) => messageOf(name, payload, {}));
  if (isResting()) return false;
  try {
    const queue = await within(answerLimitMs, getQueue(name));
    if ((await within(answerLimitMs, queue.getWaitingCount())) > 0) return true;
  } catch {
    restAfterFailure();
    return false;
  }
  return await send(name, messages);
}
