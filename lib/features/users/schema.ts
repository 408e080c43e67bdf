import { z } from "zod";
import { orgRoles, projectRoles } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";

export const emailSchema = z.email("Enter an email address").trim().toLowerCase().max(254);
export const passwordSchema = z.string().min(10, "At least 10 characters").max(200, "At most 200 characters");
const nameSchema = lineText(120, "Enter a name");

export const userCreate = z.object({
  email: emailSchema,
  name: nameSchema,
  orgRole: z.enum(orgRoles).nullable().default(null),
  password: passwordSchema.optional().describe("Omit for users who sign in with single sign-on"),
});
export type UserCreate = z.output<typeof userCreate>;

export const userUpdate = z
  .object({
    name: nameSchema.optional(),
    email: emailSchema.optional().describe("Replaces an unverified address from single sign-on"),
    orgRole: z.enum(orgRoles).nullable().optional(),
    disabled: z.boolean().optional(),
    password: passwordSchema.optional(),
    revokeTokens: z
      .boolean()
      .optional()
      .describe("With a new password: also revokes the API tokens. Default: true"),
  })
  .refine(({ revokeTokens: _, ...change }) => Object.keys(change).length > 0, "Nothing to change");
export type UserUpdate = z.output<typeof userUpdate>;

export const userDto = z.object({
  id: z.string(),
  email: z.string(),
  unclaimedEmail: z
    .string()
    .nullable()
    .describe("Unverified email address from single sign-on. Not used to identify the user"),
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
  role: z.enum(userRoles).optional().describe("Organization role; member: no organization role"),
  disabled: z.stringbool().optional(),
  sort: z.enum(["name", "seen"]).optional(),
  direction: z.enum(["asc", "desc"]).optional(),
});
export type UserFilter = z.output<typeof userFilter>;
