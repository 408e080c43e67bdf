import { permissions } from "@/lib/kernel/permissions";
import type { Db } from "@/lib/platform/audit";
import { audiences, type EventKind, type RecipientLink, ruleOf } from "./rules";

/** Something that happened and that people are told of. */
export interface NotificationEvent {
  kind: EventKind;
  /** One sentence: what happened, the object first. */
  title: string;
  body?: string;
  /** Where to go from it: "/requests/req_…". */
  href?: string;
  /** The person whose matter it is: requester, owner or author. Null: nobody's, so the next in the chain hears it. */
  subjectId?: string | null;
  /** Who did it; null for Rostrum itself. */
  actorId?: string | null;
  /** What it is about: whoever may not see this environment is not told. */
  environmentId?: string;
  /** The project it is about; that of the environment when absent. */
  projectId?: string;
  /** Further lines for e-mail and webhooks: cost, until when. */
  facts?: readonly { label: string; value: string }[];
}

export interface Recipient {
  /** Position of the event in what was given. */
  event: number;
  userId: string;
}

const enabled = "u.disabled_at IS NULL";
/** A member of the project, or somebody whose role reads every project. */
const sees = `(x."projectId" IS NULL OR u.org_role::text = ANY($2) OR EXISTS (
  SELECT 1 FROM project_member m WHERE m.project_id = x."projectId" AND m.user_id = u.id))`;
const member = (roles: string) =>
  `EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = x."projectId" AND m.user_id = u.id AND m.role::text = ANY(${roles}))`;
/** People of the demonstration only where there is nobody else. */
const administrator = `u.org_role = 'admin' AND (NOT u.is_demo OR NOT EXISTS (
  SELECT 1 FROM app_user a WHERE a.org_role = 'admin' AND a.disabled_at IS NULL AND NOT a.is_demo))`;

/** For each link, which enabled people it finds for an event `x`. */
const links: Record<RecipientLink, string> = {
  subject: `u.id = x."subjectId" AND ${sees}`,
  deciders: `u.id IS DISTINCT FROM x."subjectId" AND ${member("$3")}`,
  "project-owners": member("'{owner}'"),
  "other-administrators": `u.id IS DISTINCT FROM x."subjectId" AND ${administrator}`,
  administrators: administrator,
  auditors: "u.org_role IN ('admin', 'auditor') AND NOT u.is_demo",
};

interface Open {
  event: NotificationEvent;
  index: number;
  /** How far along the chain of its audience. */
  step: number;
}

/** The people an event's audience is, by the first link of its chain that finds an enabled one. */
export async function findRecipients(db: Db, events: readonly NotificationEvent[]): Promise<Recipient[]> {
  const found: Recipient[] = [];
  let open = events.map((event, index): Open => ({ event, index, step: 0 }));
  while (open.length > 0) {
    const byLink = groupByLink(open);
    open = [];
    for (const [link, some] of byLink) {
      const told = await followLink(db, link, some);
      found.push(...told);
      const answered = new Set(told.map((one) => one.event));
      open.push(
        ...some.filter((one) => !answered.has(one.index)).map((one) => ({ ...one, step: one.step + 1 })),
      );
    }
  }
  return found.filter(({ event, userId }) => {
    const { kind, actorId } = events[event] as NotificationEvent;
    return !(ruleOf(kind).skipActor && userId === actorId);
  });
}

/** Events whose chain has ended are left out: no enabled administrator exists. */
function groupByLink(open: readonly Open[]): Map<RecipientLink, Open[]> {
  const groups = new Map<RecipientLink, Open[]>();
  for (const one of open) {
    const link = audiences[ruleOf(one.event.kind).audience][one.step];
    if (link) groups.set(link, [...(groups.get(link) ?? []), one]);
  }
  return groups;
}

async function followLink(db: Db, link: RecipientLink, some: readonly Open[]): Promise<Recipient[]> {
  const rows = some.map(({ event, index }) => ({
    position: index,
    subjectId: event.subjectId ?? null,
    environmentId: event.environmentId ?? null,
    projectId: event.projectId ?? null,
  }));
  const sql = `WITH x AS (
      SELECT n.position, n."subjectId", coalesce(n."projectId", e.project_id) AS "projectId"
        FROM jsonb_to_recordset($1::jsonb) AS n(position int, "subjectId" text, "environmentId" text, "projectId" text)
        LEFT JOIN environment e ON e.id = n."environmentId")
    SELECT x.position AS event, u.id AS "userId" FROM x JOIN app_user u ON ${enabled} AND ${links[link]}
     WHERE $2::text[] IS NOT NULL AND $3::text[] IS NOT NULL ORDER BY x.position, u.id`;
  const values = [
    JSON.stringify(rows),
    permissions["environment.read"].org,
    permissions["request.decide"].project,
  ];
  return "$queryRawUnsafe" in db
    ? await db.$queryRawUnsafe<Recipient[]>(sql, ...values)
    : (await db.query<Recipient>({ name: `recipients_${link}`, text: sql, values })).rows;
}
