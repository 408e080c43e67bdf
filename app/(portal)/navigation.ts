import type { NavItem, PaletteLink } from "@/components/shell/types";
import { type OrgRole, type ProjectRole, projectRoles } from "@/lib/kernel/permissions";
import { can, canSomewhere, type Permission, type PersonActor } from "@/lib/platform/auth";

interface Door {
  /** What opens it: named to those who do not have it. */
  permission: Permission;
  allows(viewer: PersonActor): boolean;
}

const somewhere = (permission: Permission): Door => ({
  permission,
  allows: (viewer) => canSomewhere(viewer, permission),
});
/** Held in the whole organization: being a member of some project does not count. */
const everywhere = (permission: Permission): Door => ({
  permission,
  allows: (viewer) => can(viewer, permission),
});

/**
 * Who may open which screen of the administration, and what lies below it. The sidebar, the addresses and the screens
 * themselves ask the same table.
 */
export const adminDoors = {
  "/admin/templates": somewhere("template.review"),
  "/admin/templates/new": somewhere("template.author"),
  "/admin/clouds": somewhere("cloud.read"),
  "/admin/clouds/new": somewhere("cloud.manage"),
  "/admin/policies": everywhere("settings.read"),
  "/admin/prices": everywhere("cost.read"),
  // Owners manage the members of their own projects.
  "/admin/projects": {
    permission: "member.manage",
    allows: (viewer) => can(viewer, "project.read") || canSomewhere(viewer, "member.manage"),
  },
  "/admin/people": somewhere("user.read"),
  "/admin/notifications": everywhere("settings.read"),
  "/admin/queues": somewhere("queue.read"),
  "/admin/audit": somewhere("audit.read"),
} as const satisfies Record<string, Door>;

export type AdminPath = keyof typeof adminDoors;

const administration: readonly (NavItem & { href: AdminPath })[] = [
  { href: "/admin/templates", label: "Templates" },
  { href: "/admin/clouds", label: "Clouds" },
  { href: "/admin/policies", label: "Policies" },
  { href: "/admin/prices", label: "Price book" },
  { href: "/admin/projects", label: "Projects" },
  { href: "/admin/people", label: "Users" },
  { href: "/admin/notifications", label: "Webhooks and email" },
  { href: "/admin/queues", label: "Workers and queues" },
  { href: "/admin/audit", label: "Audit log" },
];

/** The administration entries a person may open. */
export function adminItems(viewer: PersonActor): NavItem[] {
  return administration.filter((item) => adminDoors[item.href].allows(viewer));
}

/** The permission that the administration page at a path asks for; null elsewhere. */
export function permissionOf(pathname: string): Permission | null {
  const door = Object.keys(adminDoors)
    .filter((path) => pathname === path || pathname.startsWith(`${path}/`))
    .sort((left, right) => right.length - left.length)[0] as AdminPath | undefined;
  return door ? adminDoors[door].permission : null;
}

/**
 * The main entries a person has a use for. Whoever has no role in the organization yet sees those of a member, whose
 * empty screens say whom to ask.
 */
export function mainItems(viewer: PersonActor, counts: { approvals: number; unread: number }): NavItem[] {
  const member = (permission: Permission) => viewer.orgRole === null || canSomewhere(viewer, permission);
  const items: (NavItem & { shown?: boolean })[] = [
    { href: "/", label: "Home" },
    { href: "/catalog", label: "Catalog" },
    { href: "/environments", label: "Environments", shown: member("environment.read") },
    { href: "/requests", label: "Requests", shown: member("request.read") },
    {
      href: "/approvals",
      label: "Approvals",
      shown: canSomewhere(viewer, "request.decide"),
      count: counts.approvals,
      countLabel: "pending",
    },
    { href: "/costs", label: "Costs" },
    { href: "/runs", label: "Runs", shown: canSomewhere(viewer, "run.read") },
    { href: "/reports", label: "Reports", shown: canSomewhere(viewer, "report.read") },
    { href: "/notifications", label: "Notifications", count: counts.unread, countLabel: "unread" },
  ];
  return items.filter((item) => item.shown !== false).map(({ shown: _shown, ...item }) => item);
}

const actions: readonly (PaletteLink & { permission?: Permission })[] = [
  {
    href: "/catalog",
    title: "Create environment",
    keywords: ["new", "create"],
    permission: "environment.request",
  },
  {
    href: "/admin/templates/new",
    title: "New template version",
    keywords: ["new"],
    permission: "template.author",
  },
  {
    href: "/admin/clouds/new",
    title: "Add cloud",
    keywords: ["new", "register"],
    permission: "cloud.manage",
  },
  {
    href: "/admin/projects?new=project",
    title: "New project",
    keywords: ["new"],
    permission: "project.manage",
  },
  {
    href: "/admin/people?new=person",
    title: "New user",
    keywords: ["new", "user"],
    permission: "user.manage",
  },
  {
    href: "/costs#statements",
    title: "Close month",
    keywords: ["statement"],
    permission: "statement.close",
  },
  { href: "/account#tokens", title: "Create API token", keywords: ["new", "api", "script"] },
  { href: "/account", title: "Account settings", keywords: ["password", "sessions", "notifications"] },
  { href: "/docs/api", title: "API reference", keywords: ["openapi", "rest"] },
];

/** What the palette offers beside the screens of the sidebar. */
export function paletteActions(viewer: PersonActor): PaletteLink[] {
  return actions
    .filter(({ permission }) => !permission || canSomewhere(viewer, permission))
    .map(({ permission: _permission, ...link }) => ({ ...link, group: "Actions" }));
}

export const roleLabels: Readonly<Record<OrgRole | ProjectRole, string>> = {
  admin: "Administrator",
  auditor: "Auditor",
  finance: "Finance",
  owner: "Project owner",
  approver: "Approver",
  developer: "Developer",
  viewer: "Viewer",
};

/** The most telling of a person's roles, in words. */
export function roleWord(viewer: PersonActor): string {
  if (viewer.orgRole) return roleLabels[viewer.orgRole];
  const held = new Set(viewer.projects.values());
  const first = projectRoles.find((role) => held.has(role));
  return first ? roleLabels[first] : "Member";
}
