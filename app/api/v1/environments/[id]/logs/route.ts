import { z } from "zod";
import { componentLogs } from "@/lib/features/environments";
import { messageOf } from "@/lib/kernel/errors";
import { onShutdown, otherMethods, route } from "@/lib/platform/http";

const maxFollowMs = 30 * 60_000;

/** Lines as server-sent events: `data: {at, stream, text}`. Ends by itself after half an hour of following. */
export const GET = route({
  permission: "environment.read",
  summary: "Stream the log of a component",
  description:
    "Secrets of the environment stand as ••• in the lines of everybody who may not reveal them (`secret.reveal`).",
  tags: ["Environments"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({
      component: z.string().max(64).default("").describe("Name of the component"),
      tail: z.coerce.number().int().min(1).max(5_000).default(500),
      follow: z.stringbool().default(true),
    }),
  },
  handler: async ({ actor, params, query, request }) => {
    const stop = new AbortController();
    const signal = AbortSignal.any([request.signal, stop.signal, AbortSignal.timeout(maxFollowMs)]);
    const lines = await componentLogs(actor, params.id, query.component, {
      tailLines: query.tail,
      follow: query.follow,
      signal,
    });
    const encoder = new TextEncoder();
    const takeBack = onShutdown(() => stop.abort());
    const body = new ReadableStream({
      async start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        try {
          send(": open\n\n");
          for await (const line of lines) {
            if (signal.aborted) break;
            send(`data: ${JSON.stringify(line)}\n\n`);
          }
          // Cut off by a portal that ends, the log goes on: no last word, so that the reader comes back for the rest.
          if (!stop.signal.aborted) send("event: end\ndata: {}\n\n");
        } catch (error) {
          if (!signal.aborted)
            send(`event: failed\ndata: ${JSON.stringify({ message: messageOf(error) })}\n\n`);
        } finally {
          takeBack();
          if (!request.signal.aborted) controller.close();
        }
      },
      cancel: () => stop.abort(),
    });
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        connection: "close",
        "x-accel-buffering": "no",
      },
    });
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
