import type { Tone } from "@/components/ui/tone";
import type { VersionCheck, VersionStatus } from "@/lib/features/catalog/schema";
import { type OrgRole, orgRoles } from "@/lib/kernel/permissions";

export const versionTones: Record<VersionStatus, Tone> = {
  draft: "neutral",
  in_review: "accent",
  published: "good",
  deprecated: "warning",
  retired: "neutral",
};

export const checkLooks: Record<VersionCheck["state"], { tone: Tone; word: string }> = {
  passed: { tone: "good", word: "Passed" },
  warning: { tone: "warning", word: "Warning" },
  failed: { tone: "bad", word: "Failed" },
};

export const orgRoleOptions = [
  { value: "", label: "Member" },
  { value: "admin", label: "Administrator" },
  { value: "auditor", label: "Auditor" },
  { value: "finance", label: "Finance" },
] as const;

/** The role of a choice's value; none for members, and for what is no choice. */
export function orgRoleOf(value: string): OrgRole | null {
  return orgRoles.find((one) => one === value) ?? null;
}

export function orgRoleLabel(role: string | null): string {
  return orgRoleOptions.find((one) => one.value === (role ?? ""))?.label ?? "Member";
}
