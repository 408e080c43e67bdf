import { sql } from "kysely";
import type { EnvironmentStatus } from "@/gen/kysely/enums";
import { type Db, pooled, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";

/** Leases as environments have them: their ends, what was told of them, and when they are destroyed. */

/** What a lease says by itself. */
export interface LeasedEnvironment {
  status: EnvironmentStatus;
  leaseEndsAt: Date | null;
  leaseWarnedAt: Date | null;
  destroyAfter: Date | null;
}

export interface LeaseRow extends LeasedEnvironment {
  id: string;
  name: string;
  ownerId: string;
  projectId: string;
  templateVersionId: string;
}

const atMost = 200;

/**
 * Environments whose lease may ask for something at `now`: those to be warned end by `warnUntil`. The earliest end first,
 * at most 200.
 */
export async function listDueLeases(now: Date, warnUntil: Date, db: Db = pooled): Promise<LeaseRow[]> {
  const due = statements
    .selectFrom("environment")
    .select([
      "id",
      "name",
      "owner_id as ownerId",
      "project_id as projectId",
      "template_version_id as templateVersionId",
      "status",
      "lease_ends_at as leaseEndsAt",
      "lease_warned_at as leaseWarnedAt",
      "destroy_after as destroyAfter",
    ])
    .where("destroyed_at", "is", null)
    .where("destroy_retry_at", "is", null)
    .where("is_demo", "=", false)
    .where("lease_ends_at", "<=", warnUntil)
    .where("status", "not in", ["pending", "destroying"])
    .where((eb) =>
      eb.or([
        eb("destroy_after", "<=", now),
        eb.and([eb("destroy_after", ">", now), eb("status", "=", "running")]),
        eb.and([
          eb("destroy_after", "is", null),
          eb.or([eb("lease_ends_at", "<=", now), eb("lease_warned_at", "is", null)]),
        ]),
      ]),
    )
    .orderBy("lease_ends_at")
    .limit(atMost);
  return await rowsOf(due, db);
}

/** Remembers that the lease's end was told of. Answers whether this was the first time. */
export async function markWarned(tx: Tx, environmentId: string): Promise<boolean> {
  const mark = statements
    .updateTable("environment")
    .set({ lease_warned_at: sql<Date>`now()` })
    .where("id", "=", environmentId)
    .where("lease_warned_at", "is", null);
  return (await writtenBy(mark, tx)) === 1;
}

/** Sets when an environment is destroyed unless that is set. Answers whether it was set now. */
export async function markDestruction(tx: Tx, environmentId: string, until: Date): Promise<boolean> {
  const mark = statements
    .updateTable("environment")
    .set({ destroy_after: until })
    .where("id", "=", environmentId)
    .where("destroy_after", "is", null);
  return (await writtenBy(mark, tx)) === 1;
}
