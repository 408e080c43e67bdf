/** Does a user as Docker writes it ("", name, number, either with a group) mean user 0? */
export function isRootUser(user: string): boolean {
  return /^(?:root|[+-]?0+)?(?::|$)/.test(user.trim());
}
