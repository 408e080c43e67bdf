import { type Expression, sql } from "kysely";
import { environmentRows } from "@/lib/features/environments/joins";
import { requestRows } from "@/lib/features/requests/joins";
import { rowsOf, statements, type Tx } from "@/lib/platform/db";

/**
 * Uses that keep an upload: of a living environment, by a request that is open, or that is not older than the state
 * before the last one: what runs now and what it can be rolled back to, and everything that may be resumed.
 */
function neededUses(uploadId: Expression<string>) {
  return statements
    .selectFrom("upload_use as x")
    .innerJoin(environmentRows.as("e"), "e.id", "x.environment_id")
    .innerJoin(requestRows.as("r"), "r.id", "x.request_id")
    .select("x.upload_id")
    .where("x.upload_id", "=", uploadId)
    .where("e.destroyed_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("r.status", "in", ["pending_approval", "approved", "running"]),
        eb(
          eb
            .selectFrom(requestRows.as("n"))
            .select(({ fn }) => fn.countAll<number>().as("later"))
            .whereRef("n.environment_id", "=", "r.environment_id")
            .whereRef("n.created_at", ">", "r.created_at")
            .where("n.kind", "in", ["create", "update"])
            .where("n.status", "=", "succeeded"),
          "<",
          2,
        ),
      ]),
    );
}

/** Locks uploads that are old enough and that no environment needs, oldest first; those locked already are left out. */
export async function lockUnneeded(
  tx: Tx,
  { hours, limit }: { hours: number; limit: number },
): Promise<string[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("upload as u")
      .select("u.id")
      .where("u.created_at", "<", sql<Date>`now() - make_interval(hours => ${hours})`)
      .where((eb) => eb.not(eb.exists(neededUses(eb.ref("u.id")))))
      .orderBy("u.created_at")
      .limit(limit)
      .forUpdate("u")
      .skipLocked(),
    tx,
  );
  return rows.map((row) => row.id);
}

/** Deletes those of the uploads that no environment needs, and answers which those were. */
export async function deleteUnneeded(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await rowsOf(
    statements
      .deleteFrom("upload as u")
      .where((eb) => eb("u.id", "=", eb.fn.any(eb.val(ids))))
      .where((eb) => eb.not(eb.exists(neededUses(eb.ref("u.id")))))
      .returning("u.id"),
    tx,
  );
  return rows.map((row) => row.id);
}
