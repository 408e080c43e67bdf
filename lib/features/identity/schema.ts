import { z } from "zod";
import { orgRoles, projectRoles, scopes } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";
import { passwordSchema } from "../users/schema";

export const passwordChange = z.object({
  current: z.string().min(1, "Enter your current password").max(200),
  next: passwordSchema,
  revokeTokens: z.boolean().default(true).describe("Ends all your API tokens, too"),
});

/** Of ending a session; what somebody made who had got in goes with it. */
export const revokeTokensOption = z
  .stringbool()
  .default(true)
  .describe("Ends the API tokens that were created in what is signed out, too");

export const profileUpdate = z.object({ name: lineText(120, "Enter a name") });

export const meDto = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  orgRole: z.enum(orgRoles).nullable(),
  isDemo: z.boolean(),
  via: z.enum(["session", "token", "system", "cli"]),
  scopes: z.array(z.enum(scopes)).nullable(),
  projects: z.array(
    z.object({ id: z.string(), slug: z.string(), name: z.string(), role: z.enum(projectRoles) }),
  ),
  permissions: z.array(z.string()).describe("What you may do somewhere"),
  unreadNotifications: z.number().int(),
});
export type MeDto = z.output<typeof meDto>;

export const sessionDto = z.object({
  id: z.string(),
  userAgent: z.string(),
  ip: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  current: z.boolean(),
});
export type SessionDto = z.output<typeof sessionDto>;

/** What prints a link that lets one browser sign in as demo users. */
export const demoLinkCommand = "npm run -s admin -- demo link";

/** The roles of the demo organisation, in the order the sign-in page shows them. */
export const demoRoles = ["developer", "approver", "admin", "finance", "auditor"] as const;
export type DemoRole = (typeof demoRoles)[number];

export const demoRoleLabels: Record<DemoRole, { title: string; sentence: string }> = {
  developer: { title: "Developer", sentence: "Request an environment and watch it come to life." },
  approver: { title: "Approver", sentence: "Decide on what the team wants, with cost and policy at hand." },
  admin: { title: "Administrator", sentence: "Run the catalog, the clouds, the rules and the people." },
  finance: { title: "Finance", sentence: "Follow every amount to the usage behind it." },
  auditor: { title: "Auditor", sentence: "See everything, change nothing." },
};
