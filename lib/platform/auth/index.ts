export {
  can,
  canSomewhere,
  type Permission,
  permissionNames,
  visibleProjects,
} from "@/lib/kernel/permissions";
export { type Actor, anonymousActor, cliActor, type PersonActor, systemActor } from "./actor";
export { addressKey } from "./address-key";
export { authenticate, findSessionActor, findTokenActor } from "./authenticate";
export { clientAddress } from "./client-address";
export { hostCookie, readCookie, setCookieHeader, usesSecureCookies } from "./cookies";
export { handActor, takeActor } from "./handed-actors";
export { isAllowedOrigin } from "./origin";
export { asksPublicHost } from "./public-host";
export { flushRefusals, resetRefusals } from "./refusals";
export {
  DeniedError,
  isWrittenDown,
  recordDenied,
  refused,
  requirePermission,
  requirePerson,
} from "./require";
export { readSessionId, sessionMaxAgeSeconds } from "./session-cookie";
