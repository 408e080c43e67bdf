import { z } from "zod";
import { componentLogs } from "@/lib/features/environments";
import { openLineStream } from "@/lib/features/live";
import { otherMethods, route } from "@/lib/platform/http";

/** Lines as server-sent events: `data: {at, stream, text}`. Ends by itself after half an hour of following. */
export const GET = route({
  permission: "environment.read",
  summary: "Stream the log of a component",
  description:
    "Secrets of the environment stand as ••• in the lines of everybody who may not reveal them (`secret.reveal`). The stream ends when the caller loses access, and at most 24 streams of one person are open at once.",
  tags: ["Environments"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({
      component: z.string().max(64).default("").describe("Name of the component"),
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
