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
export { type Actor, anonymousActor, cliActor, type PersonActor, systemActor } from "./actor";
export { addressKey } from "./address-key";
export { authenticate, findSessionActor, findTokenActor } from "./authenticate";
export { clientAddress } from "./client-address";
export { type HostCookie, hostCookie, readCookie, setCookieHeader, usesSecureCookies } from "./cookies";
export { isAllowedOrigin, requestOrigin } from "./origin";
export { asksPublicHost } from "./public-host";
export { flushRefusals, resetRefusals } from "./refusals";
export {
  DeniedError,
  isWrittenDown,
  type PermissionTarget,
  recordDenied,
  refused,
  requirePermission,
  requirePerson,
} from "./require";
export { readSessionId, sessionCookieName, sessionMaxAgeSeconds } from "./session-cookie";
