export {
  findPasswordProblem,
  initialPasswordDays,
  initialPasswordEnd,
  requireGoodPassword,
} from "./password-rules";
export { administratorNames, findUserIdByEmail, getUser, listUsers, unverifiedAddress } from "./queries";
export { createUser, endAccess, revokeAccess, revokeTokensOf, updateUser } from "./service";
export { findEnabledUserId, findFirstAdministrator, lockUser, userNames } from "./store";
