import { query } from "@/lib/platform/db";
import { demoAccessSeconds, readDemoLinkId } from "./demo-cookie";
import type { Person } from "./people";
import { type DemoRole, demoRoles } from "./schema";

/** Whether there is demo data to sign in to. */
export async function hasDemoUsers(): Promise<boolean> {
  const sql = "SELECT EXISTS (SELECT 1 FROM app_user WHERE is_demo AND disabled_at IS NULL) AS found";
  const [row] = await query<{ found: boolean }>(sql);
  return row?.found ?? false;
}

const sql = `SELECT DISTINCT ON (role) role, id, name, email FROM (
    SELECT coalesce(u.org_role::text, m.role::text) AS role, u.id, u.name, u.email, u.created_at
      FROM app_user u LEFT JOIN project_member m ON m.user_id = u.id
     WHERE u.is_demo AND u.disabled_at IS NULL
  ) people WHERE role = ANY($1) AND EXISTS
    (SELECT 1 FROM demo_link WHERE id = $2 AND used_at > now() - make_interval(secs => $3))
  ORDER BY role, created_at, id`;

/**
 * The demo users one can sign in as with one click, by role: only for a browser that opened a demo link. Being on the
 * same machine proves nothing, because environments run there as well.
 * @param headers of the browser's request
 */
export async function listDemoUsers(headers: Pick<Headers, "get">): Promise<(Person & { role: DemoRole })[]> {
  const linkId = await readDemoLinkId(headers);
  if (linkId === null) return [];
  const rows = await query<Person & { role: DemoRole }>(sql, [demoRoles, linkId, demoAccessSeconds]);
  return rows.sort((left, right) => demoRoles.indexOf(left.role) - demoRoles.indexOf(right.role));
}
