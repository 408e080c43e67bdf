import { sql } from "kysely";
import type { EnvironmentStatus } from "@/gen/kysely/enums";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { environmentRows, resourceRows } from "@/lib/features/environments/joins";
import { ignoredRows } from "@/lib/features/orphans/joins";
import { type Db, pooled, rowsOf, statements } from "@/lib/platform/db";

/** What Rostrum knows of a cloud: its resources, and what runs are working on anywhere. */
export interface KnownThings {
  /** environment/component */
  refs: ReadonlySet<string>;
  externalIds: ReadonlySet<string>;
  /** Environments with a run under way. */
  busy: ReadonlySet<string>;
}

/** Written out, so that the index of runs under way serves. */
const underWay = (["queued", "running", "parked"] as const).map((status) => sql.lit(status));

/** What is known of a cloud now. */
export async function readKnown(cloudId: string, db: Db = pooled): Promise<KnownThings> {
  const resources = await rowsOf(
    statements
      .selectFrom(resourceRows.as("resource"))
      .select(["environment_id", "component", "external_id"])
      .where("cloud_id", "=", cloudId),
    db,
  );
  const busy = await rowsOf(
    statements.selectFrom(runRows.as("run")).select("environment_id").where("status", "in", underWay),
    db,
  );
  return {
    refs: new Set(resources.map((row) => `${row.environment_id}/${row.component}`)),
    externalIds: new Set(resources.map((row) => row.external_id)),
    busy: new Set(busy.map((row) => row.environment_id)),
  };
}

/** Those of the environments that there is a record of, by id. */
export async function listEnvironmentsById(
  ids: readonly string[],
  db: Db = pooled,
): Promise<Map<string, { name: string; status: EnvironmentStatus }>> {
  const rows = await rowsOf(
    statements
      .selectFrom(environmentRows.as("environment"))
      .select(["id", "name", "status"])
      .where((eb) => eb("id", "=", eb.fn.any(eb.val(ids)))),
    db,
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/** What of a cloud is to be left alone, as "type externalId". */
export async function listIgnored(cloudId: string, db: Db = pooled): Promise<Set<string>> {
  const ignored = statements.selectFrom(ignoredRows.as("ignored_orphan")).select(["type", "external_id"]);
  const rows = await rowsOf(ignored.where("cloud_id", "=", cloudId), db);
  return new Set(rows.map((row) => `${row.type} ${row.external_id}`));
}
