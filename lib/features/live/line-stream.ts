import { messageOf } from "@/lib/kernel/errors";
import type { Actor, PersonActor } from "@/lib/platform/auth";
import { onShutdown } from "@/lib/platform/http";
import { type AccessWatch, takeStream, watchAccess } from "./access";
import { requireTopics } from "./topics";

const maxFollowMs = 30 * 60_000;
/** Lines that wait for a reader; beyond them no more are asked for. */
const maxQueuedLines = 200;

export interface LineStreamOptions {
  actor: PersonActor;
  request: Request;
  /** A listener that may not read it any more gets no more lines. */
  topic: string;
  /**
   * Opens what is sent. `actor` answers who reads it as of the latest check; what they may see of a line is decided
   * with every line.
   */
  open: (signal: AbortSignal, actor: () => Actor) => Promise<AsyncIterable<object>>;
}

/**
 * Lines as server-sent events, one `data` each, then `event: end`; `event: failed` when the source fails. Ends by itself
 * after half an hour. It ends without a last word when the session or token is revoked, the person may no longer see
 * the topic, or the portal ends: a reader that comes back hears why.
 * @throws AppError `rate_limited` when the person has too many streams open; whatever `open` throws
 */
export async function openLineStream({ actor, request, topic, open }: LineStreamOptions): Promise<Response> {
  const cut = new AbortController();
  const signal = AbortSignal.any([cut.signal, AbortSignal.timeout(maxFollowMs)]);
  const giveUp = () => cut.abort();
  const cleanups = [takeStream(actor.userId), onShutdown(giveUp)];
  // Keeps the request until the stream ends: one that is collected earlier takes the news of its abort along.
  cleanups.push(() => request.signal.removeEventListener("abort", giveUp));
  request.signal.addEventListener("abort", giveUp);
  if (request.signal.aborted) giveUp();
  const cleanUp = () => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  };
  try {
    let watch: AccessWatch | undefined;
    // Judged as the request of its sender first: a refusal is that of this operation.
    const lines = await open(signal, () => watch?.actor ?? actor);
    const check = async (now: PersonActor) => await requireTopics(now, [topic]);
    watch = await watchAccess({ actor, request, check, onLost: giveUp });
    cleanups.push(watch.end);
    const body = bodyOf(lines, signal, cut, cleanUp);
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        connection: "close",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    cleanUp();
    giveUp();
    throw error;
  }
}

function bodyOf(
  lines: AsyncIterable<object>,
  signal: AbortSignal,
  cut: AbortController,
  cleanUp: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = lines[Symbol.asyncIterator]();
  let ended = false;
  const end = (controller: ReadableStreamDefaultController<Uint8Array>, lastWord: string) => {
    if (ended) return;
    ended = true;
    cleanUp();
    if (lastWord) controller.enqueue(encoder.encode(lastWord));
    controller.close();
    // The source hears of the signal as well; what it says to that is of no use to anybody.
    cut.abort();
    iterator.return?.().catch(() => undefined);
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        controller.enqueue(encoder.encode(": open\n\n"));
        const stopped = () => end(controller, cut.signal.aborted ? "" : endWord);
        if (signal.aborted) stopped();
        else signal.addEventListener("abort", stopped, { once: true });
      },
      pull: async (controller) => {
        try {
          const { done, value } = await iterator.next();
          if (ended) return;
          if (done) end(controller, endWord);
          else controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`));
        } catch (error) {
          end(controller, `event: failed\ndata: ${JSON.stringify({ message: messageOf(error) })}\n\n`);
        }
      },
      cancel: () => {
        ended = true;
        cleanUp();
        cut.abort();
      },
    },
    new CountQueuingStrategy({ highWaterMark: maxQueuedLines }),
  );
}

const endWord = "event: end\ndata: {}\n\n";
