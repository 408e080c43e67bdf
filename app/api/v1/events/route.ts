import { z } from "zod";
import { openEventStream, requireTopics } from "@/lib/features/live";
import { otherMethods, route } from "@/lib/platform/http";

const id = z.string().regex(/^\d{1,18}$/, "A number");

const query = z.object({
  topics: z
    .string()
    .min(1)
    .max(4_000)
    .transform((text) => [...new Set(text.split(",").filter(Boolean))])
    .refine((topics) => topics.length >= 1 && topics.length <= 50, "Use 1 to 50 topics")
    .describe("Comma-separated: environment:<id>, run:<id>, request:<id>, project:<id>, user:<id>, admin"),
  lastEventId: id
    .optional()
    .describe("Resume after this event ID. The Last-Event-ID header takes precedence"),
});

/** Each topic is checked; one the caller may not see is answered like one that does not exist. */
export const GET = route({
  authenticated: true,
  summary: "Stream events (SSE)",
  description:
    "Each message has an id and JSON data `{topic, type, data, at}`. Delivery is at least once; deduplicate by id. " +
    "A comment every 15 seconds keeps the connection alive.",
  tags: ["Events"],
  schemas: { query },
  handler: async ({ actor, query: { topics, lastEventId }, request }) => {
    await requireTopics(actor, topics);
    const header = id.safeParse(request.headers.get("last-event-id"));
    const last = header.success ? header.data : lastEventId;
    return openEventStream({
      actor,
      topics,
      lastEventId: last === undefined ? null : BigInt(last),
      request,
    });
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
