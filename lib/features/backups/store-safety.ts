import { sql } from "kysely";
import type { BackupStatus } from "@/gen/kysely/enums";
import { runRows, stepRows } from "@/lib/engine/run/postgres/joins";
import { versionRows } from "@/lib/features/catalog/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { rowOf, statements, writtenBy } from "@/lib/platform/db";
import { safetyBackupDays } from "./schema";
import { backupStates } from "./states";

/** The run of a step, and the version that its environment has. */
export async function findRunOfStep(
  stepId: string,
): Promise<{ runId: string; requestId: string | null; version: string } | null> {
  return await rowOf(
    statements
      .selectFrom(stepRows.as("s"))
      .innerJoin(runRows.as("u"), "u.id", "s.run_id")
      .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id")
      .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
      .select(["u.id as runId", "u.request_id as requestId", "v.version"])
      .where("s.id", "=", stepId),
  );
}

export interface NewSafetyBackup {
  id: string;
  environmentId: string;
  kind: "before-restore" | "before-change";
  note: string;
  templateVersion: string;
  requestId: string | null;
}

/** Opens a safety backup; one that a step of the same run opened stays as it is. */
export async function insertSafetyBackup(backup: NewSafetyBackup): Promise<void> {
  const { id, environmentId, kind, note, templateVersion, requestId } = backup;
  await writtenBy(
    statements
      .insertInto("backup")
      .values({
        ...{ id, kind, note },
        environment_id: environmentId,
        template_version: templateVersion,
        request_id: requestId,
        expires_at: sql`now() + ${safetyBackupDays} * interval '1 day'`,
        lease_until: sql`now() + interval '2 hours'`,
      })
      .onConflict((conflict) => conflict.column("id").doNothing()),
  );
}

export interface SettledSafety {
  backupId: string;
  runId: string;
  /** The step that is over; others of its action that are not may still capture something. */
  stepId: string;
  action: "restore" | "backup";
  /** Whether it fails when one of the action's components has no part. */
  needsEvery: boolean;
}

/** In one statement, since steps of a run settle the same backup at the same time. */
export async function settleSafetyBackup(settled: SettledSafety): Promise<void> {
  const { backupId, runId, stepId, action, needsEvery } = settled;
  /** Steps of the action whose component has no part. */
  const uncaptured = statements
    .selectFrom(stepRows.as("s"))
    .select("s.id")
    .where("s.run_id", "=", runId)
    .where("s.action", "=", action)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("backup_part as q")
            .select("q.method")
            .where("q.backup_id", "=", backupId)
            .whereRef("q.component", "=", "s.component"),
        ),
      ),
    );
  const parts = statements
    .selectFrom("backup_part")
    .where("backup_id", "=", backupId)
    .select((eb) => [
      sql<bigint>`coalesce(sum(size_bytes), 0)`.as("size"),
      eb.fn.countAll<bigint>().as("count"),
      eb.exists(uncaptured).as("missing"),
    ])
    .as("p");
  await writtenBy(
    statements
      .updateTable("backup as b")
      .from(parts)
      .set((eb) => {
        const some = eb("p.count", ">", 0n);
        const isGood = needsEvery ? eb.and([some, eb.not(eb.ref("p.missing"))]) : some;
        const status = eb.case().when(isGood).then("succeeded").else("failed").end();
        const error = eb.case().when(isGood).then("").else("Couldn’t back up the current data.").end();
        return {
          finished_at: sql`now()`,
          lease_until: null,
          size_bytes: eb.ref("p.size"),
          status: sql<BackupStatus>`${status}::backup_status`,
          error,
        };
      })
      .where("b.id", "=", backupId)
      .where("b.status", "in", backupStates.before("succeeded"))
      .where((eb) =>
        eb.not(
          eb.exists(
            uncaptured.where("s.id", "<>", stepId).where("s.status", "in", ["pending", "running", "waiting"]),
          ),
        ),
      ),
  );
}
