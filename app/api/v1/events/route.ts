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
    .refine((topics) => topics.length >= 1 && topics.length <= 50, "Name 1 to 50 topics")
    .describe(
      "Separated by commas: environment:<id>, run:<id>, request:<id>, project:<id>, user:<id>, admin",
    ),
  lastEventId: id.optional().describe("Resume after this id; the Last-Event-ID header says the same"),
});

/** Each topic is checked; one the caller may not see is answered like one that does not exist. */
export const GET = route({
  authenticated: true,
  summary: "Listen to what happens, as server-sent events",
  description:
    "Each message has an id and JSON data `{topic, type, data, at}`. After resuming, an event may come twice. A comment every 15 s keeps the connection alive.",
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
