import { z } from "zod";
import { componentLogs } from "@/lib/features/environments";
import { openLineStream } from "@/lib/features/live";
import { otherMethods, route } from "@/lib/platform/http";

/** Lines as server-sent events: `data: {at, stream, text}`. Ends by itself after half an hour of following. */
export const GET = route({
  permission: "environment.read",
  summary: "Stream component logs",
  description:
    "Secrets of the environment are masked as ••• unless you can reveal them (`secret.reveal`). " +
    "The stream ends when you lose access. A user can have at most 24 streams open at once.",
  tags: ["Environments"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({
      component: z.string().max(64).default("").describe("Component name"),
      tail: z.coerce.number().int().min(1).max(5_000).default(500),
      follow: z.stringbool().default(true),
    }),
  },
  handler: async ({ actor, params, query, request }) =>
    await openLineStream({
      actor,
      request,
      topic: `environment:${params.id}`,
      open: async (signal, reader) =>
        await componentLogs(reader, params.id, query.component, {
          tailLines: query.tail,
          follow: query.follow,
          signal,
        }),
    }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
