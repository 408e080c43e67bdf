import { sql } from "kysely";
import { anyOf, type Connection, now, runPrepared, statements } from "@/lib/platform/db/builder";
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
