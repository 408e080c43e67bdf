import { sql } from "kysely";
import { resourceRows } from "@/lib/features/environments/joins";
import { userRows } from "@/lib/features/users/joins";
import { notFound } from "@/lib/kernel/errors";
import { type Db, getPrisma, pooled, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import { type CloudHealth, cloudSchema } from "./schema";

const { shape } = cloudSchema;
// One damaged row takes no list away: labels that are none are left out, and drivers refuse a configuration themselves.
const labelsSchema = shape.labels.catch({});
const configSchema = shape.config.catch(({ value }) => value as Record<string, unknown>);

/** @throws AppError not_found */
export async function getCloudTitle(cloudId: string, db: Db = pooled): Promise<string> {
  const row = await db.prisma.cloud.findUnique({ where: { id: cloudId }, select: { title: true } });
  if (!row) throw notFound("The cloud");
  return row.title;
}

/** The ids of every cloud of this installation. */
export async function listCloudIds(db: Db = pooled): Promise<Set<string>> {
  const rows = await db.prisma.cloud.findMany({ select: { id: true } });
  return new Set(rows.map((row) => row.id));
}

/** The enabled clouds and whether their last check succeeded, oldest first. */
export async function listEnabledHealth(db: Db = pooled): Promise<CloudHealth[]> {
  return await db.prisma.cloud.findMany({
    where: { enabled: true },
    select: { id: true, title: true, healthOk: true },
    orderBy: { createdAt: "asc" },
  });
}

/** Enabled clouds that are no demo. */
export async function listRealClouds(): Promise<{ title: string; driver: string }[]> {
  const where = { enabled: true, isDemo: false };
  return await getPrisma().cloud.findMany({ where, select: { title: true, driver: true } });
}

/** The enabled clouds, oldest first. */
export async function listEnabledIds(db: Db = pooled): Promise<string[]> {
  const rows = await db.prisma.cloud.findMany({
    where: { enabled: true },
    select: { id: true },
    orderBy: { createdAt: "asc" },
  });
  return rows.map((row) => row.id);
}

/** What a check found, as it is written down. */
export interface CheckResult {
  ok: boolean;
  message: string;
  /** Held to `healthDetailSchema` by who reads it. */
  detail: Record<string, unknown>;
}

/**
 * Writes down what a check of a cloud found. Answers whether that differs from the check before. Leaves `updated_at`: a
 * check is no change of the configuration and must not reopen connections.
 * @throws AppError not_found
 */
export async function recordCheck(tx: Tx, cloudId: string, found: CheckResult): Promise<boolean> {
  const { ok, message, detail } = found;
  const before = statements
    .selectFrom("cloud")
    .select(["id", "health_ok", "health_message"])
    .where("id", "=", cloudId)
    .forNoKeyUpdate()
    .as("before");
  const row = await rowOf(
    statements
      .updateTable("cloud as c")
      .from(before)
      .set({
        health_ok: ok,
        health_message: message,
        health_detail: JSON.stringify(detail),
        checked_at: sql<Date>`now()`,
      })
      .whereRef("c.id", "=", "before.id")
      .returning((eb) =>
        eb
          .or([eb("before.health_ok", "is distinct from", ok), eb("before.health_message", "<>", message)])
          .as("changed"),
      ),
    tx,
  );
  if (!row) throw notFound("The cloud");
  return Boolean(row.changed);
}

/** A cloud as it is listed, with what lives on it. */
export interface CloudRow extends PlacementRow {
  config: Record<string, unknown>;
  /** Sealed. */
  credentials: string | null;
  enabled: boolean;
  checkedAt: Date | null;
  createdAt: Date;
  environments: number;
  resources: number;
  /** Cores and bytes that its resources hold together. */
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
}

/** Of a cloud what placement needs to know. */
export interface PlacementRow {
  id: string;
  name: string;
  title: string;
  driver: string;
  labels: Record<string, string>;
  priceBookId: string | null;
  isDemo: boolean;
  healthOk: boolean | null;
  healthMessage: string;
  /** What the last check said (`healthDetailSchema`); held to it by who reads it. */
  healthDetail: unknown;
}

const placementColumns = [
  "c.id",
  "c.name",
  "c.title",
  "c.driver",
  "c.labels",
  "c.price_book_id as priceBookId",
  "c.is_demo as isDemo",
  "c.health_ok as healthOk",
  "c.health_message as healthMessage",
  "c.health_detail as healthDetail",
] as const;

const held = statements
  .selectFrom(resourceRows.as("resource"))
  .select((eb) => [
    "cloud_id",
    eb.fn.count("environment_id").distinct().as("environments"),
    eb.fn.countAll().as("resources"),
    sql`sum(cpu * replicas)`.as("cpu"),
    sql`sum(memory_bytes * replicas)::float8`.as("memory"),
    sql`sum(storage_bytes)::float8`.as("storage"),
  ])
  .groupBy("cloud_id")
  .as("h");

const shown = statements
  .selectFrom("cloud as c")
  .leftJoin(held, "h.cloud_id", "c.id")
  .select(placementColumns)
  .select([
    "c.config",
    "c.credentials",
    "c.enabled",
    "c.checked_at as checkedAt",
    "c.created_at as createdAt",
    sql<number>`coalesce(h.environments, 0)::int`.as("environments"),
    sql<number>`coalesce(h.resources, 0)::int`.as("resources"),
    sql<number>`coalesce(round(h.cpu, 3), 0)::float8`.as("cpu"),
    sql<number>`coalesce(h.memory, 0)`.as("memoryBytes"),
    sql<number>`coalesce(h.storage, 0)`.as("storageBytes"),
  ]);

const withLabels = <Row extends { labels: unknown }>(row: Row) => ({
  ...row,
  labels: labelsSchema.parse(row.labels),
});

const parsed = <Row extends { labels: unknown; config: unknown }>(row: Row) => ({
  ...withLabels(row),
  config: configSchema.parse(row.config),
});

/** Every cloud with what lives on it, demonstration ones last, by title. */
export async function listCloudRows(db: Db = pooled): Promise<CloudRow[]> {
  const rows = await rowsOf(shown.orderBy("c.is_demo").orderBy("c.title"), db);
  return rows.map(parsed);
}

/** @throws AppError not_found */
export async function getCloudRow(cloudId: string, db: Db = pooled): Promise<CloudRow> {
  const row = await rowOf(shown.where("c.id", "=", cloudId), db);
  if (!row) throw notFound("The cloud");
  return parsed(row);
}

/** The enabled clouds, oldest first. */
export async function listPlacementRows(db: Db = pooled): Promise<PlacementRow[]> {
  const enabled = statements
    .selectFrom("cloud as c")
    .select(placementColumns)
    .where("c.enabled", "=", true)
    .orderBy("c.created_at")
    .orderBy("c.id");
  return (await rowsOf(enabled, db)).map(withLabels);
}

/** Whether this portal has users of the demonstration. */
export async function hasDemoUsers(db: Db = pooled): Promise<boolean> {
  const one = statements.selectFrom(userRows.as("u")).select("u.id").where("u.is_demo", "=", true).limit(1);
  return (await rowOf(one, db)) !== null;
}

/** A cloud without a price book of its own: the default book holds for it. Null when there is none. */
export async function findUnpricedCloud(): Promise<string | null> {
  const cloud = await getPrisma().cloud.findFirst({ where: { priceBookId: null }, select: { id: true } });
  return cloud?.id ?? null;
}
