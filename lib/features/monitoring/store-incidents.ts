import { type Expression, sql } from "kysely";
import { environmentRows, resourceRows } from "@/lib/features/environments/joins";
import { newId } from "@/lib/kernel/ids";
import { type Db, pooled, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { type IncidentDto, incidentSchema } from "./schema";
import { type IncidentKind, incidentStates } from "./states";

/** What an incident is of. */
export interface IncidentKey {
  environmentId: string;
  /** Empty for the cloud. */
  component: string;
  kind: IncidentKind;
}

export interface OpenIncident {
  id: string;
  openedAt: Date;
}

export interface IncidentAction {
  text: string;
  requestId?: string;
  /** Healing gave up, and the owner was called. */
  gaveUp?: boolean;
}

export type IncidentRow = Omit<IncidentDto, "openedAt" | "closedAt"> & {
  openedAt: Date;
  closedAt: Date | null;
};

/** Within this time of its end an incident that comes back is the same one. */
const flappingMinutes = 10;

/** The actions with another one at the end. */
const withAction = (actions: Expression<unknown>, action: IncidentAction) =>
  sql`${actions} || ${JSON.stringify([{ at: new Date().toISOString(), ...action }])}::jsonb`;

/** Incidents of an environment, newest first. */
export async function listIncidentRows(
  environmentId: string,
  limit: number,
  db: Db = pooled,
): Promise<IncidentRow[]> {
  const rows = await db.prisma.incident.findMany({
    where: { environmentId },
    select: { ...shown, openedAt: true, closedAt: true },
    orderBy: { openedAt: "desc" },
    take: limit,
  });
  return rows.map((row) => ({
    ...row,
    kind: kindSchema.parse(row.kind),
    actions: actionsSchema.parse(row.actions),
  }));
}

const shown = {
  id: true,
  component: true,
  kind: true,
  summary: true,
  occurrences: true,
  actions: true,
} as const;
// One damaged row takes no list away.
const kindSchema = incidentSchema.shape.kind.catch("unhealthy");
const actionsSchema = incidentSchema.shape.actions.catch([]);

/** The incident of that kind that is open for a component. */
export async function findOpenIncident(
  { environmentId, component, kind }: IncidentKey,
  db: Db = pooled,
): Promise<OpenIncident | null> {
  return await db.prisma.incident.findFirst({
    where: { environmentId, component, kind, closedAt: null },
    select: { id: true, openedAt: true },
  });
}

/**
 * Continues with an incident that ended a short while ago. Its owner is called again when healing gives up again. Answers whether there was one.
 */
export async function reopenIncident(tx: Tx, key: IncidentKey, summary: string): Promise<boolean> {
  const latest = statements
    .selectFrom("incident")
    .select("id")
    .where("environment_id", "=", key.environmentId)
    .where("component", "=", key.component)
    .where("kind", "=", key.kind)
    .where("closed_at", ">", sql<Date>`now() - ${flappingMinutes}::int * interval '1 minute'`)
    .orderBy("closed_at", "desc")
    .limit(1);
  const reopen = statements
    .updateTable("incident")
    .set((eb) => ({
      status: "open",
      closed_at: null,
      summary,
      occurrences: eb("occurrences", "+", 1),
      actions: sql`coalesce((SELECT jsonb_agg(one - 'gaveUp') FROM jsonb_array_elements(actions) one), '[]')`,
    }))
    .where("status", "in", incidentStates.before("open"))
    .where("id", "=", latest);
  return (await writtenBy(reopen, tx)) === 1;
}

/** Opens an incident. Answers whether none of that kind was open for the component. */
export async function createIncident(tx: Tx, key: IncidentKey, summary: string): Promise<boolean> {
  const { environmentId, component, kind } = key;
  const create = statements
    .insertInto("incident")
    .values({ id: newId("incident"), environment_id: environmentId, component, kind, summary })
    .onConflict((conflict) =>
      conflict.columns(["environment_id", "component", "kind"]).where("closed_at", "is", null).doNothing(),
    );
  return (await writtenBy(create, tx)) === 1;
}

/** Writes down what was done about an incident. */
export async function appendAction(
  incidentId: string,
  action: IncidentAction,
  db: Db = pooled,
): Promise<void> {
  const update = statements
    .updateTable("incident")
    .set((eb) => ({ actions: withAction(eb.ref("actions"), action) }))
    .where("id", "=", incidentId);
  await writtenBy(update, db);
}

/** Writes down that healing gave up. Answers whether that was new: of several workers one tells. */
export async function markGivenUp(tx: Tx, incidentId: string, text: string): Promise<boolean> {
  const update = statements
    .updateTable("incident")
    .set((eb) => ({ actions: withAction(eb.ref("actions"), { text, gaveUp: true }) }))
    .where("id", "=", incidentId)
    .where(sql<boolean>`NOT actions @> '[{"gaveUp": true}]'`);
  return (await writtenBy(update, tx)) === 1;
}

const resolved = { status: "resolved" as const, closed_at: sql<Date>`now()` };

/** Closes what is open for these components. */
export async function closeOpenIncidents(
  tx: Tx,
  environmentId: string,
  components: readonly string[],
): Promise<{ component: string; summary: string }[]> {
  const close = statements
    .updateTable("incident")
    .set((eb) => ({ ...resolved, actions: withAction(eb.ref("actions"), { text: "Recovered" }) }))
    .where("environment_id", "=", environmentId)
    .where((eb) => eb("component", "=", eb.fn.any(eb.val(components))))
    .where("closed_at", "is", null)
    .where("status", "in", incidentStates.before("resolved"))
    .returning(["component", "summary"]);
  return await rowsOf(close, tx);
}

/** Closes incidents of what is not watched any more: stopped or destroyed environments, removed components. */
export async function closeUnwatched(db: Db = pooled): Promise<void> {
  const text = "Closed: component is no longer expected to run";
  const close = statements
    .updateTable("incident as i")
    .from(environmentRows.as("e"))
    .set((eb) => ({ ...resolved, actions: withAction(eb.ref("i.actions"), { text }) }))
    .whereRef("e.id", "=", "i.environment_id")
    .where("i.closed_at", "is", null)
    .where("i.status", "in", incidentStates.before("resolved"))
    .where("e.is_demo", "=", false)
    .where((eb) =>
      eb.or([
        eb("e.status", "in", ["stopped", "destroyed"]),
        eb.and([
          eb("i.component", "<>", ""),
          eb.not(
            eb.exists(
              eb
                .selectFrom(resourceRows.as("r"))
                .select("r.id")
                .whereRef("r.environment_id", "=", "e.id")
                .whereRef("r.component", "=", "i.component"),
            ),
          ),
        ]),
      ]),
    );
  await writtenBy(close, db);
}
