import { isLoopbackHost, isLoopbackRequest } from "@/lib/platform/auth/origin";
import { getConfig } from "@/lib/platform/config";
import { query } from "@/lib/platform/db";
import type { Person } from "./people";
import { type DemoRole, demoRoles } from "./schema";

/** Whether this server can only be reached from its own machine. */
export function listensOnLoopbackOnly(): boolean {
  const { host, publicUrl } = getConfig();
  return isLoopbackHost(host) && isLoopbackHost(new URL(publicUrl).hostname);
}

const sql = `SELECT DISTINCT ON (role) role, id, name, email FROM (
    SELECT coalesce(u.org_role::text, m.role::text) AS role, u.id, u.name, u.email, u.created_at
      FROM app_user u LEFT JOIN project_member m ON m.user_id = u.id
     WHERE u.is_demo AND u.disabled_at IS NULL
  ) people WHERE role = ANY($1) ORDER BY role, created_at, id`;

/**
 * The demo people one can sign in as with one click, by role: only while demo data is there, only on a server that
 * listens on loopback, and only for a request that came to it by a loopback name.
 * @param headers of that request
 */
export async function listDemoPeople(
  headers: Pick<Headers, "get" | "has">,
): Promise<(Person & { role: DemoRole })[]> {
  if (!listensOnLoopbackOnly() || !isLoopbackRequest(headers)) return [];
  const rows = await query<Person & { role: DemoRole }>(sql, [demoRoles]);
  return rows.sort((left, right) => demoRoles.indexOf(left.role) - demoRoles.indexOf(right.role));
}
