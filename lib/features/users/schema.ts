import { z } from "zod";
import { orgRoles, projectRoles } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";

export const emailSchema = z.email("Enter an e-mail address").trim().toLowerCase().max(254);
export const passwordSchema = z.string().min(10, "At least 10 characters").max(200, "At most 200 characters");
const nameSchema = lineText(120, "Enter a name");

export const userCreate = z.object({
  email: emailSchema,
  name: nameSchema,
  orgRole: z.enum(orgRoles).nullable().default(null),
  password: passwordSchema.optional().describe("Left out: the person signs in by single sign-on"),
});
export type UserCreate = z.output<typeof userCreate>;

export const userUpdate = z
  .object({
    name: nameSchema.optional(),
    email: emailSchema.optional().describe("Ends what single sign-on claims without having verified it"),
    orgRole: z.enum(orgRoles).nullable().optional(),
    disabled: z.boolean().optional(),
    password: passwordSchema.optional(),
    revokeTokens: z.boolean().optional().describe("With a password: ends the API tokens, too. Default: true"),
  })
  .refine(({ revokeTokens: _, ...change }) => Object.keys(change).length > 0, "Nothing to change");
export type UserUpdate = z.output<typeof userUpdate>;

export const userDto = z.object({
  id: z.string(),
  email: z.string(),
  unclaimedEmail: z
    .string()
    .nullable()
    .describe("What single sign-on says the address is without having verified it. It identifies nobody"),
  name: z.string(),
  orgRole: z.enum(orgRoles).nullable(),
  disabled: z.boolean(),
  isDemo: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime().nullable(),
  projects: z.array(
    z.object({ id: z.string(), slug: z.string(), name: z.string(), role: z.enum(projectRoles) }),
  ),
});
export type UserDto = z.output<typeof userDto>;

export const userRoles = ["member", ...orgRoles] as const;
export const userFilter = z.object({
  q: z.string().trim().max(100).optional(),
  role: z.enum(userRoles).optional().describe("Role in the organisation; member: none"),
  disabled: z.stringbool().optional(),
  sort: z.enum(["name", "seen"]).optional(),
  direction: z.enum(["up", "down"]).optional(),
});
export type UserFilter = z.output<typeof userFilter>;
