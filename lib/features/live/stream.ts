import type { PersonActor } from "@/lib/platform/auth";
import { getEventHub, type LiveEvent, listEventsSince } from "@/lib/platform/events";
import { onShutdown } from "@/lib/platform/http";
import { takeStream, watchAccess } from "./access";
import { requireTopics } from "./topics";

const heartbeatMs = 15_000;
/** A reader that does not read is cut off; it comes back with the last id it saw. */
const maxQueuedChunks = 1_000;

/** The newest event that this process has heard of: what a page drawn now need not hear again. */
export async function livePosition(): Promise<string> {
  return String(await getEventHub().position());
}

export interface StreamOptions {
  actor: PersonActor;
  topics: readonly string[];
  /** The last id the reader saw; replays what came after it. */
  lastEventId: bigint | null;
  /** Kept until the stream ends: a request that is collected earlier takes the news of its abort along. */
  request: Request;
}

/**
 * Events of the topics as server-sent events. Ends when the session or token is revoked, the person loses access to a
 * topic, the reader goes away, or the portal ends. An event may come twice after resuming.
 * @throws AppError `rate_limited` when the person has too many streams open
 */
export function openEventStream(options: StreamOptions): Response {
  const giveBack = takeStream(options.actor.userId);
  let end: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: async (controller) => {
        const stop = makeEnd(giveBack, controller);
        end = stop.end;
        try {
          await runStream(options, controller, stop);
        } catch (error) {
          stop.end();
          throw error;
        }
      },
      cancel: () => end(),
    },
    new CountQueuingStrategy({ highWaterMark: maxQueuedChunks }),
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      // A connection that stays open for another request would keep a portal that ends from ending.
      connection: "close",
      // nginx would hold events back otherwise.
      "x-accel-buffering": "no",
    },
  });
}

interface Stop {
  ended: boolean;
  cleanups: (() => void)[];
  end: () => void;
}

/** Ends a stream once, at the first request: the reader, the heartbeat, the hub or a failure at the start. */
function makeEnd(giveBack: () => void, controller: ReadableStreamDefaultController<Uint8Array>): Stop {
  const stop: Stop = {
    ended: false,
    cleanups: [],
    end: () => {
      if (stop.ended) return;
      stop.ended = true;
      for (const cleanup of stop.cleanups) cleanup();
      giveBack();
      try {
        controller.close();
      } catch {
        // The reader has closed it already.
      }
    },
  };
  return stop;
}

async function runStream(
  options: StreamOptions,
  controller: ReadableStreamDefaultController<Uint8Array>,
  stop: Stop,
): Promise<void> {
  const { end } = stop;
  const encoder = new TextEncoder();
  const send = (text: string) => {
    if (stop.ended) return;
    if ((controller.desiredSize ?? 0) <= 0) return end();
    controller.enqueue(encoder.encode(text));
  };
  const { actor, topics, request } = options;
  if (request.signal.aborted) return end();
  request.signal.addEventListener("abort", end);
  stop.cleanups.push(() => request.signal.removeEventListener("abort", end));
  stop.cleanups.push(onShutdown(end));
  if (stop.ended) return;
  send("retry: 2000\n\n");
  // Subscribed before the replay, so that nothing falls between the two.
  const unsubscribe = await getEventHub().subscribe(topics, (event) => send(format(event)));
  if (stop.ended) return unsubscribe();
  stop.cleanups.push(unsubscribe);
  const check = async (now: PersonActor) => await requireTopics(now, topics);
  const watch = await watchAccess({ actor, request, check, onLost: end });
  if (stop.ended) return watch.end();
  stop.cleanups.push(watch.end);
  if (options.lastEventId !== null) {
    for (const event of await listEventsSince(topics, options.lastEventId)) send(format(event));
  }
  const timer = setInterval(() => send(": still here\n\n"), heartbeatMs);
  stop.cleanups.push(() => clearInterval(timer));
  if (stop.ended) clearInterval(timer);
}

function format(event: LiveEvent): string {
  const data = { topic: event.topic, type: event.kind, data: event.payload, at: event.at };
  return `id: ${event.id}\ndata: ${JSON.stringify(data)}\n\n`;
}
