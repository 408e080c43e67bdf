export { ensureAdministrator, hasAdministrator } from "./administrator";
export { type AdmittedSignIn, admitSignIn } from "./admit-sign-in";
export { createDemoLink } from "./demo-link";
export { hasDemoUsers, listDemoUsers } from "./demo-users";

export { openDemoLink } from "./open-demo-link";
export { changePassword, checkPassword } from "./people";
export { getSessionActor } from "./session";
export { getMe, listSessions, revokeOtherSessions, revokeSession, updateProfile } from "./sessions";
export { switchDemoUser } from "./switch-demo-user";
export { pruneLoginThrottle } from "./throttle";
