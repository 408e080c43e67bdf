export { findUserIdByEmail, getUser, listUsers } from "./queries";
export { createUser, endAccess, revokeAccess, updateUser } from "./service";
