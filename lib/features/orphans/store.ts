import { sql } from "kysely";
import { runRows, stepRows } from "@/lib/engine/run/postgres/joins";
import type { CloudContent } from "@/lib/features/clouds/schema";
import { environmentRows, livingOn, resourceRows } from "@/lib/features/environments/joins";
import { pendingOn } from "@/lib/features/requests/joins";
import { type Db, pooled, rowsOf, statements, type Tx } from "@/lib/platform/db";

/** What a cloud calls a thing that is left alone. */
export interface IgnoredKey {
  cloudId: string;
  type: string;
  externalId: string;
}

/** Remembers that a thing is to be left alone; the newest reason and user count. */
export async function saveIgnored(
  tx: Tx,
  key: IgnoredKey,
  { name, reason, ignoredBy }: { name: string; reason: string; ignoredBy: string | null },
): Promise<void> {
  await tx.prisma.ignoredOrphan.upsert({
    where: { cloudId_type_externalId: key },
    create: { ...key, name, reason, ignoredBy },
    update: { reason, ignoredBy },
  });
}

/** Lists a thing again. Answers whether it was left alone before. */
export async function deleteIgnored(tx: Tx, key: IgnoredKey): Promise<boolean> {
  return (await tx.prisma.ignoredOrphan.deleteMany({ where: key })).count > 0;
}

/** Runs, requests that wait, environments and resources on a cloud, by type, name and id. */
export async function listKnownContents(cloudId: string, db: Db = pooled): Promise<CloudContent[]> {
  const contents = runsOn(cloudId)
    .unionAll(requestsOn(cloudId))
    .unionAll(environmentsOn(cloudId))
    .unionAll(resourcesOn(cloudId))
    .orderBy("type")
    .orderBy("name")
    .orderBy("id");
  return await rowsOf(contents, db);
}

const runsOn = (cloudId: string) =>
  statements
    .selectFrom(runRows.as("u"))
    .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id")
    .select((eb) => [
      sql<CloudContent["type"]>`'run'`.as("type"),
      "u.id",
      "e.name",
      sql<string>`${eb.ref("u.kind")} || ' is running'`.as("detail"),
    ])
    .where("u.status", "in", ["queued", "running", "parked"])
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom(stepRows.as("s"))
          .select("s.id")
          .whereRef("s.run_id", "=", "u.id")
          .where("s.cloud_id", "=", cloudId),
      ),
    );

const requestsOn = (cloudId: string) =>
  statements
    .selectFrom(pendingOn(cloudId).as("q"))
    .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
    .select((eb) => [
      sql<CloudContent["type"]>`'request'`.as("type"),
      "q.id",
      "e.name",
      sql<string>`${eb.ref("q.kind")}::text || ' waits for approval'`.as("detail"),
    ]);

const environmentsOn = (cloudId: string) =>
  statements
    .selectFrom(livingOn(cloudId).as("e"))
    .select((eb) => [
      sql<CloudContent["type"]>`'environment'`.as("type"),
      "e.id",
      "e.name",
      sql<string>`${eb.ref("e.status")}::text`.as("detail"),
    ])
    .where("e.status", "<>", "pending");

const resourcesOn = (cloudId: string) =>
  statements
    .selectFrom(resourceRows.as("r"))
    .innerJoin(environmentRows.as("e"), "e.id", "r.environment_id")
    .select((eb) => [
      sql<CloudContent["type"]>`'resource'`.as("type"),
      "r.id",
      sql<string>`${eb.ref("e.name")} || '/' || ${eb.ref("r.component")}`.as("name"),
      "r.external_id as detail",
    ])
    .where("r.cloud_id", "=", cloudId);
