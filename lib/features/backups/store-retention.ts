import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { type ImplementationKind, implementationKinds } from "@/lib/clouds/contract";
import { runContextRows, runRows, stepInputRows } from "@/lib/engine/run/postgres/joins";
import { environmentRows, resourceRows } from "@/lib/features/environments/joins";
import { now, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { backupStates } from "./states";

/** An environment whose backups may be due. */
export interface ScheduledRow {
  id: string;
  versionId: string;
  /** The last scheduled backup, else when the environment became ready. */
  lastAt: Date;
  components: { component: string; kind: ImplementationKind }[];
  /** A backup that was not taken by a person has just succeeded, or is past its date. */
  settling: boolean;
}

/** Running environments, in one statement: there may be ten thousand of them. */
export async function listScheduled(settlingMinutes: number): Promise<ScheduledRow[]> {
  const rows = await rowsOf(
    statements
      .selectFrom(environmentRows.as("e"))
      .select(["e.id", "e.template_version_id as versionId"])
      .select((eb) => [
        eb.fn
          .coalesce(
            eb
              .selectFrom("backup as b")
              .select((last) => last.fn.max("b.created_at").as("at"))
              .whereRef("b.environment_id", "=", "e.id")
              .where("b.kind", "=", "scheduled"),
            "e.ready_at",
            "e.created_at",
          )
          .as("lastAt"),
        jsonArrayFrom(
          eb
            .selectFrom(resourceRows.as("r"))
            .select(["r.component", "r.kind"])
            .whereRef("r.environment_id", "=", "e.id"),
        ).as("components"),
        eb
          .exists(
            eb
              .selectFrom("backup as b")
              .select("b.id")
              .whereRef("b.environment_id", "=", "e.id")
              .where("b.status", "=", "succeeded")
              .where("b.kind", "<>", "manual")
              .where((b) =>
                b.or([b("b.finished_at", ">", since(settlingMinutes)), b("b.expires_at", "<", now)]),
              ),
          )
          .$castTo<boolean>()
          .as("settling"),
      ])
      .where("e.status", "=", "running")
      .where((eb) => eb.not(eb.ref("e.is_demo"))),
  );
  return rows.map((row) => ({ ...row, components: row.components.flatMap(known) }));
}

/** A component of a kind that the code knows. */
function known({ component, kind }: { component: string; kind: string }) {
  const found = implementationKinds.find((one) => one === kind);
  return found ? [{ component, kind: found }] : [];
}

/** The backup that an environment was restored from last, by a restore or a repair; null when none was. */
export async function findLastRestored(environmentId: string): Promise<string | null> {
  const row = await rowOf(
    statements
      .selectFrom(
        statements
          .selectFrom(runContextRows.as("run"))
          .select([sql<string | null>`context->>'backup'`.as("id"), "created_at"])
          .where("environment_id", "=", environmentId)
          .where("kind", "=", "restore")
          .unionAll(
            statements
              .selectFrom(stepInputRows.as("s"))
              .innerJoin(runRows.as("u"), "u.id", "s.run_id")
              .select([sql<string | null>`s.input->'dataLoss'->'backup'->>'id'`.as("id"), "u.created_at"])
              .where("u.environment_id", "=", environmentId)
              .where("u.kind", "in", ["repair", "heal"]),
          )
          .as("r"),
      )
      .select("r.id")
      .where("r.id", "is not", null)
      .orderBy("r.created_at", "desc")
      .limit(1),
  );
  return row?.id ?? null;
}

/** Lets the backups of a destroyed environment expire after some days; those that failed at once. */
export async function expireLater(environmentId: string, days: number): Promise<void> {
  const backups = statements.updateTable("backup").where("environment_id", "=", environmentId);
  await writtenBy(backups.set({ expires_at: inDays(days) }).where("status", "in", ["running", "succeeded"]));
  await writtenBy(backups.set({ expires_at: now }).where("status", "=", "failed"));
}

/** Up to 200 backups of destroyed environments that failed or whose time is over. */
export async function listExpiredOfDestroyed(days: number): Promise<string[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("backup as b")
      .innerJoin(environmentRows.as("e"), "e.id", "b.environment_id")
      .select("b.id")
      .where("b.status", "in", ["succeeded", "failed"])
      .where((eb) => eb.not(eb.ref("e.is_demo")))
      .where("e.destroyed_at", "is not", null)
      .where((eb) => {
        const end = sql<Date>`coalesce(b.expires_at, e.destroyed_at + ${days} * interval '1 day')`;
        return eb.or([eb("b.status", "=", "failed"), eb(end, "<", now)]);
      })
      .limit(200),
  );
  return rows.map((row) => row.id);
}

/** Marks one that is over as deleted. @returns its project; null when it is being taken or was deleted before */
export async function markExpired(tx: Tx, backupId: string): Promise<string | null> {
  const row = await rowOf(
    statements
      .updateTable("backup as b")
      .from(environmentRows.as("e"))
      .set({ status: "deleted" })
      .where("b.id", "=", backupId)
      .whereRef("e.id", "=", "b.environment_id")
      .where("b.status", "in", backupStates.before("deleted"))
      .returning("e.project_id as projectId"),
    tx,
  );
  return row?.projectId ?? null;
}

const since = (minutes: number) => sql<Date>`now() - ${minutes} * interval '1 minute'`;
const inDays = (days: number) => sql<Date>`now() + ${days} * interval '1 day'`;
