export {
  findPasswordProblem,
  initialPasswordDays,
  initialPasswordEnd,
  requireGoodPassword,
} from "./password-rules";
export { findUserIdByEmail, getUser, listUsers } from "./queries";
export { createUser, endAccess, revokeAccess, updateUser } from "./service";
