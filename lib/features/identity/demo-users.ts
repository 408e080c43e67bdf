import { demoAccessSeconds, readDemoLinkId } from "./demo-cookie";
import type { Person } from "./people";
import { type DemoRole, demoRoles } from "./schema";
import { hasEnabledDemoUser, listDemoUsersOf } from "./store-demo";

/** Whether there is demo data to sign in to. */
export async function hasDemoUsers(): Promise<boolean> {
  return await hasEnabledDemoUser();
}

/**
 * The demo users one can sign in as with one click, by role: only for a browser that opened a demo link. Being on the
 * same machine proves nothing, because environments run there as well.
 * @param headers of the browser's request
 */
export async function listDemoUsers(headers: Pick<Headers, "get">): Promise<(Person & { role: DemoRole })[]> {
  const linkId = await readDemoLinkId(headers);
  if (linkId === null) return [];
  const rows = await listDemoUsersOf(linkId, demoAccessSeconds);
  return rows.sort((left, right) => demoRoles.indexOf(left.role) - demoRoles.indexOf(right.role));
}
