import { sql } from "kysely";
import {
  ago,
  anyOf,
  type Connection,
  isPlacedAt,
  now,
  rowPlace,
  runPrepared,
  statements,
} from "@/lib/platform/db/builder";
import { compiledOnce } from "@/lib/platform/db/compiled-once";
import type { StepLogLine } from "../ports";

/** Locks environments in the order of their ids until the transaction ends. */
export async function lockEnvironments(client: Connection, ids: readonly string[]): Promise<void> {
  await runPrepared(client, environmentLock({ ids }));
}

const environmentLock = compiledOnce(({ ids }: { ids: readonly string[] }) =>
  statements
    .selectFrom("environment")
    .select("id")
    .where("id", "=", anyOf(ids))
    .orderBy("id")
    .forNoKeyUpdate(),
);

export async function releaseLeases(
  client: Connection,
  workerId: string,
  ids: readonly string[],
): Promise<void> {
  const release = statements
    .updateTable("run")
    .set({ lease_until: now })
    .where("id", "=", anyOf(ids))
    .where("worker_id", "=", workerId)
    .where("status", "=", "running");
  await runPrepared(client, release);
}

/** One statement, whose text is the same for any number of lines. */
export async function insertStepLog(client: Connection, lines: readonly StepLogLine[]): Promise<void> {
  await runPrepared(client, stepLogInsert({ lines: JSON.stringify(lines) }));
}

const stepLogInsert = compiledOnce(({ lines }: { lines: string }) =>
  statements
    .insertInto("step_log")
    .columns(["run_id", "step_id", "at", "text"])
    .expression(
      statements
        .selectFrom(
          sql<StepLogLine>`json_to_recordset(${lines}::json)`.as<"l">(
            sql`l("runId" text, "stepId" text, at timestamptz, text text)`,
          ),
        )
        .select(["l.runId", "l.stepId", "l.at", "l.text"]),
    ),
);

/** The steps of a run in their order, as they are shown. */
export async function listSteps(client: Connection, runId: string) {
  const steps = statements
    .selectFrom("step")
    .select(["id", "position", "component", "action", "status", "attempts", "error"])
    .select(["depends_on as dependsOn", "started_at as startedAt", "finished_at as finishedAt"])
    .select([
      "next_attempt_at as nextAttemptAt",
      sql<string>`coalesce(input->>'title', component)`.as("title"),
    ])
    .where("run_id", "=", runId)
    .orderBy("position");
  return (await runPrepared(client, steps)).rows;
}

/** Lines of a run's log after one, the oldest first. */
export async function listStepLog(client: Connection, runId: string, after: string, limit: number) {
  const lines = statements
    .selectFrom("step_log as l")
    .innerJoin("step as s", "s.id", "l.step_id")
    .select(["l.id", "l.step_id as stepId", "s.component", "l.at", "l.text"])
    .where("l.run_id", "=", runId)
    .where("l.id", ">", sql<bigint>`${after}`)
    .orderBy("l.id")
    .limit(limit);
  return (await runPrepared(client, lines)).rows;
}

/** Deletes up to so many lines of logs that are older than 30 days; answers how many. */
export async function deleteOldStepLogs(client: Connection, limit: number): Promise<number> {
  const old = statements.selectFrom("step_log").select(rowPlace).where("at", "<", ago("30 days"));
  const deletion = statements.deleteFrom("step_log").where(isPlacedAt(old.limit(sql.lit(limit))));
  return (await runPrepared(client, deletion)).written;
}
