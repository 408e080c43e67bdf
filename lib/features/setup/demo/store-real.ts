import { sql } from "kysely";
import type { RealThing } from "@/lib/features/projects";
import { rowsOf, statements, type Tx } from "@/lib/platform/db";

/** Whether an environment `e` has something on a demo cloud, or on another one. */
const hasResourceOn = (demo: boolean) =>
  sql<boolean>`exists (select 1 from resource r join cloud c on c.id = r.cloud_id
    where r.environment_id = e.id and c.is_demo = ${sql.lit(demo)})`;

/**
 * Environments that live and aren't the demo's: what real users own in a demo project or on a demo cloud, and what demo users
 * made on a cloud that isn't simulated. Locked, so that they stay what they are.
 */
export async function lockRealEnvironments(tx: Tx): Promise<RealThing[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("environment as e")
      .innerJoin("project as p", "p.id", "e.project_id")
      .innerJoin("app_user as u", "u.id", "e.owner_id")
      .select(["e.name", "u.is_demo as ofDemoUser", hasResourceOn(false).as("isOnRealCloud")])
      .where("e.is_demo", "=", false)
      .where("e.destroyed_at", "is", null)
      .where((eb) =>
        eb.or([
          eb.and([eb.or([eb("u.is_demo", "=", true), eb("p.is_demo", "=", true)]), hasResourceOn(false)]),
          eb.and([eb("u.is_demo", "=", false), eb.or([eb("p.is_demo", "=", true), hasResourceOn(true)])]),
        ]),
      )
      .orderBy("e.name")
      .forNoKeyUpdate("e"),
    tx,
  );
  return rows.map(({ name, isOnRealCloud }) => ({
    name: `environment ${name}`,
    why: isOnRealCloud ? "runs on a cloud that isn’t simulated" : "belongs to a user outside the demo",
  }));
}
