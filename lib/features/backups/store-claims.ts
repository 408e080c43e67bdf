import { sql } from "kysely";
import { environmentRows } from "@/lib/features/environments/joins";
import { rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { type BackupKind, readKind } from "./schema";
import { backupStates } from "./states";

/** Those of a step are captured by its run, which settles them. */
const takenBySteps = ["before-restore", "before-change"];

export interface Claimed {
  id: string;
  environmentId: string;
  createdById: string | null;
  kind: BackupKind;
  /** Grows with every claim: what an earlier worker still writes changes no row. */
  attempts: number;
}

/** Claims a backup for `leaseMs`; null when it is not waiting, or another worker has it. */
export async function claimBackup(backupId: string, leaseMs: number): Promise<Claimed | null> {
  const row = await rowOf(
    statements
      .updateTable("backup")
      .set((eb) => ({ lease_until: inMs(leaseMs), attempts: eb("attempts", "+", 1) }))
      .where("id", "=", backupId)
      .where("status", "=", "running")
      .where("kind", "not in", takenBySteps)
      .where((eb) => eb.or([eb("lease_until", "is", null), eb("lease_until", "<", sql<Date>`now()`)]))
      .returning([
        "id",
        "environment_id as environmentId",
        "created_by_id as createdById",
        "kind",
        "attempts",
      ]),
  );
  return row && { ...row, kind: readKind(row.kind) };
}

/** @returns whether the claim still holds */
export async function renewClaim(claimed: Claimed, leaseMs: number): Promise<boolean> {
  const kept = await writtenBy(
    statements
      .updateTable("backup")
      .set({ lease_until: inMs(leaseMs) })
      .where("id", "=", claimed.id)
      .where("attempts", "=", claimed.attempts)
      .where("status", "=", "running"),
  );
  return kept > 0;
}

/** @returns whether the claim still held */
export async function recordSucceeded(claimed: Claimed, sizeBytes: number): Promise<boolean> {
  const moved = await writtenBy(
    statements
      .updateTable("backup")
      .set({
        status: backupStates.transition("running", "succeeded"),
        size_bytes: BigInt(sizeBytes),
        finished_at: sql`now()`,
        lease_until: null,
      })
      .where("id", "=", claimed.id)
      .where("status", "=", "running")
      .where("attempts", "=", claimed.attempts),
  );
  return moved === 1;
}

/** @returns whose environment it is; null when the claim no longer held */
export async function recordFailed(
  tx: Tx,
  claimed: Claimed,
  error: string,
): Promise<{ name: string; ownerId: string } | null> {
  return await rowOf(
    statements
      .updateTable("backup as b")
      .from(environmentRows.as("e"))
      .set({ status: "failed", error, finished_at: sql`now()`, lease_until: null })
      .where("b.id", "=", claimed.id)
      .where("b.status", "in", backupStates.before("failed"))
      .where("b.attempts", "=", claimed.attempts)
      .whereRef("e.id", "=", "b.environment_id")
      .returning(["e.name", "e.owner_id as ownerId"]),
    tx,
  );
}

/** Up to 20 backups whose message or worker was lost. */
export async function listUnclaimed(): Promise<string[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("backup")
      .select("id")
      .where("status", "=", "running")
      .where("created_at", "<", sql<Date>`now() - interval '5 seconds'`)
      .where("kind", "not in", takenBySteps)
      .where((eb) => eb.or([eb("lease_until", "is", null), eb("lease_until", "<", sql<Date>`now()`)]))
      .limit(20),
  );
  return rows.map((row) => row.id);
}

const inMs = (ms: number) => sql<Date>`now() + ${ms} * interval '1 millisecond'`;
