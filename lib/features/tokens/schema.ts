import { z } from "zod";
import { scopes } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";

export const tokenCreate = z.object({
  name: lineText(80, "Enter a name"),
  scopes: z.array(z.enum(scopes)).min(1, "Choose at least one scope").max(scopes.length),
  expiresInDays: z
    .number()
    .int()
    .min(1)
    .max(366)
    .nullable()
    .default(90)
    .describe("Days until the token expires. null: never expires"),
});
export type TokenCreate = z.output<typeof tokenCreate>;

export const tokenDto = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().describe("First characters of the token, to identify it"),
  scopes: z.array(z.enum(scopes)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  parent: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe("Token that created this token. When it expires or is revoked, so is this token"),
  sessionId: z.string().nullable().describe("Session in which the token was created"),
});
export type TokenDto = z.output<typeof tokenDto>;

export const tokenCreatedDto = tokenDto.extend({
  token: z.string().describe("Token value. Returned only once"),
});
export type TokenCreatedDto = z.output<typeof tokenCreatedDto>;

export const scopeLabels: Record<(typeof scopes)[number], string> = {
  read: "Read only",
  write: "Read and write",
  approve: "Approve and reject requests",
  admin: "Full access (your permissions)",
};
