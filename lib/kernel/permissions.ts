/** Who a person is in the whole organization; most people are none of these. */
export const orgRoles = ["admin", "auditor", "finance"] as const;
export type OrgRole = (typeof orgRoles)[number];

/** Who a person is in one project. */
export const projectRoles = ["owner", "approver", "developer", "viewer"] as const;
export type ProjectRole = (typeof projectRoles)[number];

/** What a bearer token may be used for. `write`, `approve` and `admin` include `read`; `admin` includes all. */
export const scopes = ["read", "write", "approve", "admin"] as const;
export type Scope = (typeof scopes)[number];

interface Rule {
  scope: Scope;
  /** Organization roles that have it everywhere. */
  org: readonly OrgRole[];
  /** Project roles that have it in their project; empty for what is not a project's business. */
  project: readonly ProjectRole[];
  /** Everybody who is signed in. */
  everyone?: true;
}

const everyMember = projectRoles;
const builders = ["owner", "developer"] as const;
const admins = ["admin"] as const;
const readers = ["admin", "auditor"] as const;

/** The one table of who may do what. Deny is the default: what is not here is not allowed to anybody. */
export const permissions = {
  "catalog.read": { scope: "read", org: readers, project: [], everyone: true },
  "project.read": { scope: "read", org: ["admin", "auditor", "finance"], project: everyMember },
  "environment.read": { scope: "read", org: readers, project: everyMember },
  "request.read": { scope: "read", org: readers, project: everyMember },
  "run.read": { scope: "read", org: readers, project: everyMember },
  "backup.read": { scope: "read", org: readers, project: everyMember },
  "cost.read": { scope: "read", org: ["admin", "auditor", "finance"], project: everyMember },
  "price.read": { scope: "read", org: ["admin", "auditor", "finance"], project: [], everyone: true },
  "cloud.read": { scope: "read", org: readers, project: [] },
  "template.review": { scope: "read", org: readers, project: [] },
  "user.read": { scope: "read", org: readers, project: [] },
  "queue.read": { scope: "read", org: readers, project: [] },
  "settings.read": { scope: "read", org: readers, project: [] },
  "audit.read": { scope: "read", org: readers, project: ["owner"] },
  "report.read": { scope: "read", org: ["admin", "auditor", "finance"], project: everyMember },
  "git-credential.read": { scope: "read", org: readers, project: builders },
  "environment.request": { scope: "write", org: admins, project: builders },
  /** Of one's own environment; of others' only with member.manage (see `canTransfer`). */
  "environment.transfer": { scope: "write", org: admins, project: builders },
  "request.plan": { scope: "write", org: admins, project: ["owner", "approver", "developer"] },
  "request.cancel": { scope: "write", org: admins, project: builders },
  "run.operate": { scope: "write", org: admins, project: builders },
  "backup.create": { scope: "write", org: admins, project: builders },
  "backup.restore": { scope: "write", org: admins, project: builders },
  "secret.reveal": { scope: "write", org: admins, project: builders },
  "upload.create": { scope: "write", org: admins, project: builders },
  "member.manage": { scope: "write", org: admins, project: ["owner"] },
  "git-credential.manage": { scope: "write", org: admins, project: ["owner"] },
  "request.decide": { scope: "approve", org: admins, project: ["owner", "approver"] },
  "project.manage": { scope: "admin", org: admins, project: [] },
  "template.author": { scope: "admin", org: admins, project: [] },
  "template.publish": { scope: "admin", org: admins, project: [] },
  "cloud.manage": { scope: "admin", org: admins, project: [] },
  "user.manage": { scope: "admin", org: admins, project: [] },
  "queue.manage": { scope: "admin", org: admins, project: [] },
  "settings.manage": { scope: "admin", org: admins, project: [] },
  "price.manage": { scope: "admin", org: ["admin", "finance"], project: [] },
  "statement.close": { scope: "admin", org: ["admin", "finance"], project: [] },
  "cost-center.manage": { scope: "admin", org: ["admin", "finance"], project: [] },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as Permission[];

/** What of an actor decides about permissions. */
export interface Grants {
  orgRole: OrgRole | null;
  projects: ReadonlyMap<string, ProjectRole>;
  /** Null: not limited by a token. */
  scopes: ReadonlySet<Scope> | null;
  /** The system itself and the command line on the host may do everything. */
  unlimited?: boolean;
}

const ruleOf = (permission: Permission): Rule => permissions[permission];

function scopeAllows(grants: Grants, scope: Scope): boolean {
  if (grants.scopes === null || grants.scopes.has("admin") || grants.scopes.has(scope)) return true;
  return scope === "read" && grants.scopes.size > 0;
}

/**
 * Whether the permission is held: in the given project, or without one in the whole organization.
 * Being a member of some project never answers for a question that names none.
 */
export function can(grants: Grants, permission: Permission, at: { projectId?: string | null } = {}): boolean {
  if (grants.unlimited) return true;
  const rule = ruleOf(permission);
  if (!scopeAllows(grants, rule.scope)) return false;
  if (rule.everyone) return true;
  if (grants.orgRole !== null && rule.org.includes(grants.orgRole)) return true;
  if (!at.projectId) return false;
  const role = grants.projects.get(at.projectId);
  return role !== undefined && rule.project.includes(role);
}

/** The roles that hold a permission, those of the organization first. */
export function rolesWith(permission: Permission): (OrgRole | ProjectRole)[] {
  const rule = ruleOf(permission);
  return [...rule.org, ...rule.project];
}

/** Whether the permission is held in the organization or in at least one project: for menus and doors. */
export function canSomewhere(grants: Grants, permission: Permission): boolean {
  if (can(grants, permission)) return true;
  const rule = ruleOf(permission);
  if (!scopeAllows(grants, rule.scope)) return false;
  return [...grants.projects.values()].some((role) => rule.project.includes(role));
}

/**
 * Whether a route guarded by the permission may be entered at all. Reading what projects own is open to everybody
 * signed in, because the lists behind it show only what the actor's projects own, which may be nothing.
 */
export function mayEnter(grants: Grants, permission: Permission): boolean {
  if (canSomewhere(grants, permission)) return true;
  const rule = ruleOf(permission);
  return rule.scope === "read" && rule.project.length > 0 && scopeAllows(grants, "read");
}

/** The projects in which the permission is held: all of them, or these ids. */
export function visibleProjects(grants: Grants, permission: Permission = "project.read"): "all" | string[] {
  if (can(grants, permission)) return "all";
  return [...grants.projects.keys()].filter((projectId) => can(grants, permission, { projectId }));
}
