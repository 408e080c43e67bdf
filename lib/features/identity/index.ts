export { ensureAdministrator, type FirstAdministrator, hasAdministrator } from "./administrator";
export { handleAuthRequest } from "./auth-handler";
export { listDemoPeople, listensOnLoopbackOnly } from "./demo";
export { findOrCreateOidcPerson } from "./oidc";
export { changePassword, checkPassword, closeSession, openSession } from "./people";
export { getSessionActor, requireActor } from "./session";
export { getMe, listSessions, revokeOtherSessions, revokeSession, updateProfile } from "./sessions";
export { pruneLoginThrottle } from "./throttle";
