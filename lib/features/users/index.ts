export { findUserIdByEmail, getUser, listUsers } from "./queries";
export { createUser, revokeAccess, updateUser } from "./service";
