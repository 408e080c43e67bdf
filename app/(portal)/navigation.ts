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
 * Who may open which page of those that not everybody has, and what lies below it. The sidebar, the tabs, the addresses
 * and the pages themselves ask the same table.
 */
export const doors = {
  "/admin": everywhere("cloud.read"),
  "/admin/templates": somewhere("template.review"),
  "/admin/templates/new": somewhere("template.author"),
  "/admin/clouds": somewhere("cloud.read"),
  "/admin/clouds/new": somewhere("cloud.manage"),
  "/admin/policies": everywhere("settings.read"),
  // Owners manage the members of their own projects.
  "/admin/projects": {
    permission: "member.manage",
    allows: (viewer) => can(viewer, "project.read") || canSomewhere(viewer, "member.manage"),
  },
  "/admin/users": somewhere("user.read"),
  "/admin/audit": somewhere("audit.read"),
  "/admin/system": somewhere("queue.read"),
  "/admin/settings": everywhere("settings.read"),
  "/costs/prices": everywhere("cost.read"),
  "/insights/capacity": everywhere("cloud.read"),
} as const satisfies Record<string, Door>;

export type DoorPath = keyof typeof doors;

/** The pages of the administration. Projects are reached from those of their members. */
const administration: readonly (NavItem & { href: DoorPath; elsewhere?: true })[] = [
  { href: "/admin", label: "Overview", alone: true },
  { href: "/admin/templates", label: "Templates" },
  { href: "/admin/clouds", label: "Clouds" },
  { href: "/admin/policies", label: "Policies" },
  { href: "/admin/projects", label: "Projects and cost centers", elsewhere: true },
  { href: "/admin/users", label: "Users", keywords: ["people"] },
  { href: "/admin/audit", label: "Audit log" },
  { href: "/admin/system", label: "System", keywords: ["queues", "workers", "jobs"] },
  { href: "/admin/settings", label: "Settings", keywords: ["webhooks", "email"] },
];

/** The pages of the administration a person may open. */
export function adminPages(viewer: PersonActor): NavItem[] {
  return administration
    .filter((item) => doors[item.href].allows(viewer))
    .map(({ elsewhere: _elsewhere, ...item }) => item);
}

/** Those that stand in the sidebar. */
export function adminItems(viewer: PersonActor): NavItem[] {
  const elsewhere = new Set<string>(administration.filter((one) => one.elsewhere).map((one) => one.href));
  return adminPages(viewer).filter((item) => !elsewhere.has(item.href));
}

/** Whether a page lies behind a door. Behind the overview lies nothing else: each page has its own door. */
export function covers(door: DoorPath, pathname: string): boolean {
  return pathname === door || (door !== "/admin" && pathname.startsWith(`${door}/`));
}

/** The permission that the page at a path asks for; null where everybody may enter. */
export function permissionOf(pathname: string): Permission | null {
  const door = (Object.keys(doors) as DoorPath[])
    .filter((path) => covers(path, pathname))
    .sort((left, right) => right.length - left.length)[0];
  return door ? doors[door].permission : null;
}

/**
 * The main entries a person has a use for. A user without a role in the organization sees those of a member, whose
 * empty screens say whom to ask.
 */
export function mainItems(viewer: PersonActor, approvals: number): NavItem[] {
  const items: (NavItem & { shown?: boolean })[] = [
    { href: "/", label: "Home", alone: true },
    { href: "/catalog", label: "Catalog" },
    { href: "/environments", label: "Environments", shown: isMemberFor(viewer, "environment.read") },
    {
      href: "/requests",
      label: "Requests",
      shown: isMemberFor(viewer, "request.read"),
      count: approvals,
      countLabel: "to approve",
      opens: requestsOf(viewer, approvals),
      covers: ["/approvals", "/runs"],
    },
    { href: "/projects", label: "Projects", shown: isMemberFor(viewer, "project.read") },
    { href: "/costs", label: "Costs" },
    {
      href: "/insights",
      label: "Insights",
      keywords: ["reports"],
      shown: canSomewhere(viewer, "report.read"),
    },
  ];
  return items.filter((item) => item.shown !== false).map(({ shown: _shown, ...item }) => item);
}

/** Those who are waited for are led to what waits, those who request in their projects to their own requests. */
function requestsOf(viewer: PersonActor, approvals: number): string | undefined {
  if (approvals > 0) return "/requests/approvals";
  const everything = can(viewer, "request.read");
  return !everything && canSomewhere(viewer, "environment.request") ? "/requests/mine" : undefined;
}

function isMemberFor(viewer: PersonActor, permission: Permission): boolean {
  return viewer.orgRole === null || canSomewhere(viewer, permission);
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
    href: "/admin/projects",
    title: "Projects and cost centers",
    keywords: ["manage", "budget", "quota"],
    permission: "cost-center.manage",
  },
  {
    href: "/admin/projects?new=project",
    title: "New project",
    keywords: ["new"],
    permission: "project.manage",
  },
  {
    href: "/admin/users?new=person",
    title: "New user",
    keywords: ["new", "user"],
    permission: "user.manage",
  },
  {
    href: "/costs/statements",
    title: "Close month",
    keywords: ["statement"],
    permission: "statement.close",
  },
  { href: "/account#tokens", title: "Create API token", keywords: ["new", "api", "script"] },
  { href: "/account", title: "Account settings", keywords: ["password", "sessions", "notifications"] },
  { href: "/notifications", title: "Notifications", keywords: ["unread", "inbox"] },
  {
    href: "/guides/writing-a-template",
    title: "Guides",
    keywords: ["documentation", "help", "template", "operating"],
  },
  { href: "/docs/api", title: "API reference", keywords: ["openapi", "rest", "documentation"] },
  { href: "/whats-new", title: "What’s new", keywords: ["changelog", "release", "version"] },
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
