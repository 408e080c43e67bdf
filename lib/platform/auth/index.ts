export {
  can,
  canSomewhere,
  mayEnter,
  type OrgRole,
  orgRoles,
  type Permission,
  type ProjectRole,
  permissionNames,
  permissions,
  projectRoles,
  type Scope,
  scopes,
  visibleProjects,
} from "@/lib/kernel/permissions";
export { type Actor, cliActor, type PersonActor, systemActor } from "./actor";
export { authenticate, clientAddress, findSessionActor, findTokenActor } from "./authenticate";
export { isAllowedOrigin, requestOrigin } from "./origin";
export {
  DeniedError,
  type PermissionTarget,
  recordDenied,
  requirePermission,
  requirePerson,
} from "./require";
export { readSessionId, sessionCookieName, sessionMaxAgeSeconds } from "./session-cookie";
