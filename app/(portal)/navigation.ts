import type { NavItem } from "@/components/shell/types";
import { canSomewhere, type Permission, type PersonActor } from "@/lib/platform/auth";

const administration: readonly (NavItem & { permission: Permission })[] = [
  { href: "/admin/templates", label: "Templates", permission: "template.review" },
  { href: "/admin/clouds", label: "Clouds", permission: "cloud.read" },
  { href: "/admin/policies", label: "Policies", permission: "policy.manage" },
  { href: "/admin/prices", label: "Price book", permission: "price.manage" },
  { href: "/admin/projects", label: "Projects", permission: "project.manage" },
  { href: "/admin/people", label: "People", permission: "user.read" },
  { href: "/admin/queues", label: "Queues and workers", permission: "queue.read" },
  { href: "/admin/audit", label: "Audit", permission: "audit.read" },
];

/** The administration entries a person may open. */
export function adminItems(viewer: PersonActor): NavItem[] {
  return administration
    .filter((item) => canSomewhere(viewer, item.permission))
    .map(({ href, label }) => ({ href, label }));
}

/** Main entries that not everybody has, or that count something. */
export function moreItems(viewer: PersonActor, unread: number): NavItem[] {
  return [
    ...(canSomewhere(viewer, "run.read") ? [{ href: "/runs", label: "Runs" }] : []),
    ...(canSomewhere(viewer, "report.read") ? [{ href: "/reports", label: "Reports" }] : []),
    { href: "/notifications", label: "Notifications", count: unread, countLabel: "not read" },
  ];
}

const orgWords = { admin: "Administrator", auditor: "Auditor", finance: "Finance" } as const;
const projectWords = [
  ["owner", "Project owner"],
  ["approver", "Approver"],
  ["developer", "Developer"],
  ["viewer", "Viewer"],
] as const;

/** The most telling of a person's roles, in words. */
export function roleWord(viewer: PersonActor): string {
  if (viewer.orgRole) return orgWords[viewer.orgRole];
  const held = new Set(viewer.projects.values());
  return projectWords.find(([role]) => held.has(role))?.[1] ?? "Member";
}
