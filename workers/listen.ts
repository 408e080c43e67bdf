import { setTimeout as sleep } from "node:timers/promises";
import { moduleLog } from "@/lib/platform/log";
import { type QueueName, type QueuePayload, schedule, startWorker } from "@/lib/platform/queue";

/** Something a family started that has to be ended with it. */
export interface Stoppable {
  stop(): Promise<void>;
}

interface ListenOptions {
  concurrency?: number;
  /** Sends the queue's empty message this often; the database decides whether there is work. */
  everyMs?: number;
}

const retryMs = 5_000;

/**
 * Handles a queue's messages as soon as the queue's server answers. Work goes on without it: every family also looks
 * for itself, so a queue that is down costs time but never work.
 */
export function listen<N extends QueueName>(
  name: N,
  handler: (payload: QueuePayload<N>) => Promise<void>,
  options: ListenOptions = {},
): Stoppable {
  const stopping = new AbortController();
  const opened = open(name, handler, options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await (await opened)?.close(5_000);
    },
  };
}

async function open<N extends QueueName>(
  name: N,
  handler: (payload: QueuePayload<N>) => Promise<void>,
  { concurrency = 1, everyMs }: ListenOptions,
  signal: AbortSignal,
) {
  while (!signal.aborted) {
    try {
      if (everyMs !== undefined) await schedule(name as Extract<N, `${string}.tick`>, { everyMs });
      return await startWorker(name, handler, { concurrency });
    } catch (error) {
      moduleLog("workers").warn({ err: error, queue: name }, "the queue does not answer; trying again");
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
