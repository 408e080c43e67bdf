/** Does a user as Docker writes it ("", name, number, either with a group) mean user 0? */
export function isRootUser(user: string): boolean {
  return /^(?:root|[+-]?0+)?(?::|$)/.test(user.trim());
}

/** A user that is a number other than 0, so that no account list of an image decides who it is. */
export function isNumberedUser(user: string): boolean {
  return /^\d+(?::\d+)?$/.test(user) && !isRootUser(user);
}
