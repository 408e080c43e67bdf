import { z } from "zod";

export const searchKinds = ["environment", "template", "request", "project", "person"] as const;
export type SearchKind = (typeof searchKinds)[number];

export const searchQuery = z.object({ q: z.string().trim().min(1).max(100) });

export const searchHitSchema = z.object({
  title: z.string(),
  subtitle: z.string(),
  href: z.string(),
  kind: z.enum(searchKinds),
});
export type SearchHitDto = z.output<typeof searchHitSchema>;
export const searchResultSchema = z.object({ items: z.array(searchHitSchema) });
