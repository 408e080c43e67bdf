import { z } from "zod";
import { scopes } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";

export const tokenCreate = z.object({
  name: lineText(80, "Give it a name"),
  scopes: z.array(z.enum(scopes)).min(1, "Choose at least one scope").max(scopes.length),
  expiresInDays: z.number().int().min(1).max(366).nullable().default(90).describe("null: never"),
});
export type TokenCreate = z.output<typeof tokenCreate>;

export const tokenDto = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().describe("How the token begins, to tell tokens apart"),
  scopes: z.array(z.enum(scopes)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  parent: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe("The token that this one was created with. It ends when that one does"),
  sessionId: z.string().nullable().describe("The session that this one was created in"),
});
export type TokenDto = z.output<typeof tokenDto>;

export const tokenCreatedDto = tokenDto.extend({ token: z.string().describe("Shown this once") });
export type TokenCreatedDto = z.output<typeof tokenCreatedDto>;

export const scopeLabels: Record<(typeof scopes)[number], string> = {
  read: "Read what you can see",
  write: "Request and change environments",
  approve: "Approve and reject requests",
  admin: "Everything you may do, administration included",
};
