/** What is said of an address that carries a user name or password. */
export const noUserinfo =
  "The address contains a user name or password. Remove it, and store Git credentials in the project's settings";

/**
 * Whether an address carries a user name or password ("https://user:token@host"), which would be stored and shown like any
 * other text. A user name alone is fine with ssh, where it is part of the address.
 */
export function hasUserinfo(address: string): boolean {
  const [, scheme = "", user] = /^\s*([a-z][a-z0-9+.-]*):[\\/]*([^/\\?#]*)@/i.exec(address) ?? [];
  if (user === undefined) return false;
  return scheme.toLowerCase() !== "ssh" || user.includes(":");
}
