import { z } from "zod";
import { orgRoles, projectRoles, scopes } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";
import { passwordSchema } from "../users/schema";

export const passwordChange = z.object({
  current: z.string().min(1, "Enter your current password").max(200),
  next: passwordSchema,
  revokeTokens: z.boolean().default(true).describe("Also revoke all your API tokens"),
});

/** Of ending a session; what someone made who had got in goes with it. */
export const revokeTokensOption = z
  .stringbool()
  .default(true)
  .describe("Also revoke the API tokens created in these sessions");

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
  permissions: z.array(z.string()).describe("Permissions in the organization or in at least one project"),
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

/** The roles of the demo organization, in the order the sign-in page shows them. */
export const demoRoles = ["developer", "approver", "owner", "admin", "finance", "auditor"] as const;
export type DemoRole = (typeof demoRoles)[number];

export const demoSwitchBody = z.strictObject({ role: z.enum(demoRoles) });

/** A demo user that one can become with one click. */
export interface DemoUser {
  id: string;
  name: string;
  role: DemoRole;
}

export const demoRoleLabels: Record<DemoRole, { title: string; sentence: string }> = {
  developer: { title: "Developer", sentence: "Request and manage environments" },
  approver: { title: "Approver", sentence: "Review and approve requests" },
  owner: { title: "Project owner", sentence: "Manage members, limits and environments of a project" },
  admin: { title: "Administrator", sentence: "Manage templates, clouds, policies and users" },
  finance: { title: "Finance", sentence: "Track costs and close billing periods" },
  auditor: { title: "Auditor", sentence: "Read-only access to everything" },
};
