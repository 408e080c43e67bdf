/** Who is told of events: one statement for many events, whose conditions are put together per link of an audience. */
import { permissions } from "@/lib/kernel/permissions";
import { type Db, query } from "@/lib/platform/db";
import type { RecipientLink } from "./rules";

export interface Recipient {
  /** Position of the event in what was given. */
  event: number;
  userId: string;
}

/** What decides who is told of an event. */
export interface EventPlace {
  /** Of the event among those given. */
  position: number;
  subjectId: string | null;
  environmentId: string | null;
  /** That of the environment where it is null. */
  projectId: string | null;
}

const enabled = "u.disabled_at IS NULL";
/** A member of the project, or a user whose role reads every project. */
const sees = `(x."projectId" IS NULL OR u.org_role::text = ANY($2) OR EXISTS (
  SELECT 1 FROM project_member m WHERE m.project_id = x."projectId" AND m.user_id = u.id))`;
const member = (roles: string) =>
  `EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = x."projectId" AND m.user_id = u.id AND m.role::text = ANY(${roles}))`;
/** Demo users only where there is no other administrator. */
const administrator = `u.org_role = 'admin' AND (NOT u.is_demo OR NOT EXISTS (
  SELECT 1 FROM app_user a WHERE a.org_role = 'admin' AND a.disabled_at IS NULL AND NOT a.is_demo))`;

/** For each link, which enabled users it finds for an event `x`. */
const links: Record<RecipientLink, string> = {
  subject: `u.id = x."subjectId" AND ${sees}`,
  deciders: `u.id IS DISTINCT FROM x."subjectId" AND ${member("$3")}`,
  "project-owners": member("'{owner}'"),
  "other-administrators": `u.id IS DISTINCT FROM x."subjectId" AND ${administrator}`,
  administrators: administrator,
  auditors: "u.org_role IN ('admin', 'auditor') AND NOT u.is_demo",
};

/** The enabled users whom one link of their audiences finds for events, in the order of the events. */
export async function followLink(
  db: Db,
  link: RecipientLink,
  events: readonly EventPlace[],
): Promise<Recipient[]> {
  const sql = `WITH x AS (
      SELECT n.position, n."subjectId", coalesce(n."projectId", e.project_id) AS "projectId"
        FROM jsonb_to_recordset($1::jsonb) AS n(position int, "subjectId" text, "environmentId" text, "projectId" text)
        LEFT JOIN environment e ON e.id = n."environmentId")
    SELECT x.position AS event, u.id AS "userId" FROM x JOIN app_user u ON ${enabled} AND ${links[link]}
     WHERE $2::text[] IS NOT NULL AND $3::text[] IS NOT NULL ORDER BY x.position, u.id`;
  const values = [
    JSON.stringify(events),
    permissions["environment.read"].org,
    permissions["request.decide"].project,
  ];
  return await query<Recipient>(sql, values, { name: `recipients_${link}`, db });
}
