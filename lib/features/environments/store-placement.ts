import { sql } from "kysely";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { environmentStates } from "./states";

/** Where environments are, changed from outside of a run. */

/** Locks an environment of that generation while no run works on it. Answers whether it is so. */
export async function lockIdleEnvironment(
  tx: Tx,
  environmentId: string,
  generation: number,
): Promise<boolean> {
  const idle = statements
    .selectFrom("environment as e")
    .select("e.id")
    .where("e.id", "=", environmentId)
    .where("e.destroyed_at", "is", null)
    .where("e.generation", "=", generation)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom(runRows.as("u"))
            .select("u.id")
            .whereRef("u.environment_id", "=", "e.id")
            .where("u.status", "in", ["queued", "running", "parked"]),
        ),
      ),
    )
    .forNoKeyUpdate();
  return (await rowOf(idle, tx)) !== null;
}

/** Puts a component where it was found. Plans from before are stale with that: each would create it once more. */
export async function addPlacement(
  tx: Tx,
  environmentId: string,
  placement: Record<string, unknown>,
): Promise<void> {
  const update = statements
    .updateTable("environment")
    .set((eb) => ({
      placement: sql`${eb.ref("placement")} || ${JSON.stringify(placement)}::jsonb`,
      generation: eb("generation", "+", 1),
      next_check_at: sql<Date>`now()`,
      updated_at: sql<Date>`now()`,
    }))
    .where("id", "=", environmentId);
  await writtenBy(update, tx);
}

/** Of an environment `e`: it is placed on the cloud or has a resource there. */
export const isOnCloud = (cloudId: string) => sql<boolean>`(
  EXISTS (SELECT 1 FROM jsonb_each(e.placement) p WHERE p.value->>'cloudId' = ${cloudId})
  OR EXISTS (SELECT 1 FROM resource r WHERE r.environment_id = e.id AND r.cloud_id = ${cloudId}))`;

/** Locks the living environments on a cloud. */
export async function lockEnvironmentsOn(
  tx: Tx,
  cloudId: string,
): Promise<{ id: string; projectId: string }[]> {
  const touched = statements
    .selectFrom("environment as e")
    .select(["e.id", "e.project_id as projectId"])
    .where("e.destroyed_at", "is", null)
    .where(isOnCloud(cloudId))
    .forNoKeyUpdate();
  return await rowsOf(touched, tx);
}

/**
 * Ends environments that lost a cloud: those that have a resource elsewhere have failed, the others are destroyed.
 * @returns the destroyed ones
 */
export async function endAbandoned(tx: Tx, ids: readonly string[], message: string): Promise<string[]> {
  const kept = statements
    .selectFrom("environment as i")
    .select((eb) => [
      "i.id",
      eb
        .exists(eb.selectFrom("resource as r").select("r.id").whereRef("r.environment_id", "=", "i.id"))
        .as("some"),
    ])
    .where((eb) => eb("i.id", "=", eb.fn.any(eb.val(ids))))
    .as("kept");
  const update = statements
    .updateTable("environment as e")
    .from(kept)
    .set((eb) => ({
      status: sql`CASE WHEN kept.some THEN 'failed' ELSE 'destroyed' END::environment_status`,
      destroyed_at: sql<Date | null>`CASE WHEN kept.some THEN NULL ELSE now() END`,
      health: "unknown",
      health_message: message,
      monthly_cost: sql<string | null>`CASE WHEN kept.some THEN e.monthly_cost ELSE 0 END`,
      generation: eb("e.generation", "+", 1),
      updated_at: sql<Date>`now()`,
    }))
    .whereRef("e.id", "=", "kept.id")
    .where("e.status", "in", environmentStates.before("destroyed"))
    .returning(["e.id", "e.status"]);
  const ended = await rowsOf(update, tx);
  return ended.flatMap((row) => (row.status === "destroyed" ? [row.id] : []));
}
