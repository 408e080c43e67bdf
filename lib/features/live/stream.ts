import { AppError } from "@/lib/kernel/errors";
import { findSessionActor, findTokenActor, type PersonActor } from "@/lib/platform/auth";
import { getEventHub, type LiveEvent, listEventsSince } from "@/lib/platform/events";
import { onShutdown } from "@/lib/platform/http";
import { moduleLog } from "@/lib/platform/log";
import { requireTopics } from "./topics";

const heartbeatMs = 15_000;
const streamsPerPerson = 24;
/** A reader that does not read is cut off; it comes back with the last id it saw. */
const maxQueuedChunks = 1_000;

const open = new Map<string, number>();

export interface StreamOptions {
  actor: PersonActor;
  topics: readonly string[];
  /** The last id the reader saw; replays what came after it. */
  lastEventId: bigint | null;
  /** Says whether the person may still listen; asked with every heartbeat and when access changed. */
  stillActor: () => Promise<PersonActor | null>;
  /** Kept until the stream ends: a request that is collected earlier takes the news of its abort along. */
  request: Request;
}

/**
 * Events of the topics as server-sent events. Ends when the session or token is revoked, the person loses access to a
 * topic, the reader goes away, or the portal ends. An event may come twice after resuming.
 * @throws AppError `rate_limited` when the person has too many streams open
 */
export function openEventStream(options: StreamOptions): Response {
  const { userId } = options.actor;
  const count = open.get(userId) ?? 0;
  if (count >= streamsPerPerson) {
    throw new AppError(
      "rate_limited",
      `${streamsPerPerson} live connections are open already; close a few tabs.`,
    );
  }
  open.set(userId, count + 1);
  let end: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: async (controller) => {
        const stop = makeEnd(options, controller);
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

/** Ends a stream once, whoever asks first: the reader, the heartbeat, the hub or a failure at the start. */
function makeEnd(options: StreamOptions, controller: ReadableStreamDefaultController<Uint8Array>): Stop {
  const { userId } = options.actor;
  const stop: Stop = {
    ended: false,
    cleanups: [],
    end: () => {
      if (stop.ended) return;
      stop.ended = true;
      for (const cleanup of stop.cleanups) cleanup();
      const left = (open.get(userId) ?? 1) - 1;
      if (left > 0) open.set(userId, left);
      else open.delete(userId);
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
  const accessTopic = `user:${options.actor.userId}`;
  const send = (text: string) => {
    if (stop.ended) return;
    if ((controller.desiredSize ?? 0) <= 0) return end();
    controller.enqueue(encoder.encode(text));
  };
  const check = async () => {
    try {
      const actor = await options.stillActor();
      if (!actor) return end();
      await requireTopics(actor, options.topics);
    } catch (error) {
      if (!(error instanceof AppError)) moduleLog("events").warn({ err: error }, "could not check a stream");
      end();
    }
  };
  const wanted = new Set(options.topics);
  const deliver = (event: LiveEvent) => {
    if (event.topic === accessTopic && event.kind.startsWith("access.")) void check();
    if (wanted.has(event.topic)) send(format(event));
  };
  const { request } = options;
  if (request.signal.aborted) return end();
  request.signal.addEventListener("abort", end);
  stop.cleanups.push(() => request.signal.removeEventListener("abort", end));
  stop.cleanups.push(onShutdown(end));
  if (stop.ended) return;
  send("retry: 2000\n\n");
  // Subscribed before the replay, so that nothing falls between the two.
  const unsubscribe = await getEventHub().subscribe([...new Set([...wanted, accessTopic])], deliver);
  if (stop.ended) return unsubscribe();
  stop.cleanups.push(unsubscribe);
  if (options.lastEventId !== null) {
    for (const event of await listEventsSince(options.topics, options.lastEventId)) send(format(event));
  }
  const timer = setInterval(() => {
    send(": still here\n\n");
    void check();
  }, heartbeatMs);
  stop.cleanups.push(() => clearInterval(timer));
  if (stop.ended) clearInterval(timer);
}

function format(event: LiveEvent): string {
  const data = { topic: event.topic, type: event.kind, data: event.payload, at: event.at };
  return `id: ${event.id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Asks the database again who a request's session or token belongs to. */
export function actorRefresher(actor: PersonActor, request: Request): () => Promise<PersonActor | null> {
  const facts = { requestId: actor.requestId, ip: actor.ip };
  if (actor.via === "session") {
    return async () => (actor.credentialId ? await findSessionActor(actor.credentialId, facts) : null);
  }
  const token = request.headers.get("authorization")?.split(/\s+/)[1] ?? "";
  return async () => await findTokenActor(token, facts);
}
