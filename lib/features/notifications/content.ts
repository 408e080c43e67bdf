import { z } from "zod";

const item = z.object({ title: z.string(), body: z.string(), href: z.string(), at: z.string() });

/** What a message of the outbox says; stored as JSON. */
export const contentSchema = z.object({
  title: z.string(),
  body: z.string().default(""),
  /** A path of the portal; "" for none. */
  href: z.string().default(""),
  facts: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
  projectId: z.string().nullable().default(null),
  environmentId: z.string().nullable().default(null),
  /** Of a daily digest: what it collects, oldest first. */
  items: z.array(item).default([]),
});
export type MessageContent = z.output<typeof contentSchema>;
export type DigestItem = z.output<typeof item>;
