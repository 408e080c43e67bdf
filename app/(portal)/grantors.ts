import "server-only";
import { administratorNames } from "@/lib/features/users";

const keptMs = 60_000;
let known: { names: Promise<string[]>; untilMs: number } | undefined;

/**
 * Names of users who can grant a role, at most a minute old: Next draws the page that says "no access" along with every
 * other page, so it must not ask the database each time.
 */
export async function grantorNames(): Promise<string[]> {
  if (known && Date.now() < known.untilMs) return await known.names;
  const names = administratorNames();
  known = { names, untilMs: Date.now() + keptMs };
  try {
    return await names;
  } catch (error) {
    known = undefined;
    throw error;
  }
}
