import { priceBookRows } from "@/lib/features/chargeback/joins";
import { notFound } from "@/lib/kernel/errors";
import { type Db, type Prisma, pooled, rowOf, statements, type Tx } from "@/lib/platform/db";
import { cloudSchema } from "./schema";

const configSchema = cloudSchema.shape.config.catch(({ value }) => value as Record<string, unknown>);

/** What a connection to a cloud is opened with. */
export interface ConnectionSettings {
  id: string;
  name: string;
  driver: string;
  config: Record<string, unknown>;
  /** Sealed. */
  credentials: string | null;
  /** Another one after each change of the configuration. */
  version: string;
}

/** @throws AppError not_found */
export async function getConnectionSettings(cloudId: string, db: Db = pooled): Promise<ConnectionSettings> {
  const select = { id: true, name: true, driver: true, config: true, credentials: true, updatedAt: true };
  const row = await db.prisma.cloud.findUnique({ where: { id: cloudId }, select });
  if (!row) throw notFound("The cloud");
  const { config, updatedAt, ...rest } = row;
  return { ...rest, config: configSchema.parse(config), version: updatedAt.toISOString() };
}

/** The sealed credentials of a cloud; null where there are none or no such cloud. */
export async function findSealedCredentials(cloudId: string, db: Db = pooled): Promise<string | null> {
  const row = await db.prisma.cloud.findUnique({ where: { id: cloudId }, select: { credentials: true } });
  return row?.credentials ?? null;
}

/** The settings of every cloud, oldest first. */
export async function listSettings(
  db: Db = pooled,
): Promise<Pick<ConnectionSettings, "id" | "name" | "driver" | "config">[]> {
  const rows = await db.prisma.cloud.findMany({
    select: { id: true, name: true, driver: true, config: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return rows.map((row) => ({ ...row, config: configSchema.parse(row.config) }));
}

/** Whether a cloud has that name. */
export async function hasCloudNamed(name: string, db: Db = pooled): Promise<boolean> {
  return (await db.prisma.cloud.findUnique({ where: { name }, select: { id: true } })) !== null;
}

/** Whether there is a price book of that id. */
export async function hasPriceBook(id: string, db: Db = pooled): Promise<boolean> {
  const book = statements.selectFrom(priceBookRows.as("b")).select("b.id").where("b.id", "=", id);
  return (await rowOf(book, db)) !== null;
}

/** What an administrator can change of a cloud. */
export interface CloudSettings {
  title: string;
  config: Record<string, unknown>;
  /** Sealed. */
  credentials: string | null;
  labels: Record<string, string>;
  priceBookId: string | null;
  enabled: boolean;
}

/** Adds a cloud. */
export async function insertCloud(
  tx: Tx,
  { config, ...cloud }: CloudSettings & { id: string; name: string; driver: string },
): Promise<void> {
  await tx.prisma.cloud.create({ data: { ...cloud, config: config as Prisma.InputJsonObject } });
}

/** Changes what is given of a cloud that exists. */
export async function updateCloudSettings(
  tx: Tx,
  id: string,
  { config, ...settings }: Partial<CloudSettings>,
): Promise<void> {
  const data = { ...settings, ...(config && { config: config as Prisma.InputJsonObject }) };
  await tx.prisma.cloud.update({ where: { id }, data });
}

/** A cloud that Rostrum found by itself. */
export interface LocalCloud {
  name: string;
  title: string;
  driver: string;
  config: Record<string, string | number | boolean>;
  labels: Record<string, string>;
}

/** Whether a cloud has that name, or is the same engine under another one. */
export async function isRegistered(cloud: LocalCloud, db: Db = pooled): Promise<boolean> {
  const where = { OR: [{ name: cloud.name }, ...sameEngine(cloud)] };
  return (await db.prisma.cloud.findFirst({ where, select: { id: true } })) !== null;
}

function sameEngine(cloud: LocalCloud): Prisma.CloudWhereInput[] {
  if (cloud.driver === "machine") return [{ driver: "machine" }];
  const { socketPath, host } = cloud.config;
  if (typeof socketPath === "string") {
    return [{ driver: cloud.driver, config: { path: ["socketPath"], equals: socketPath } }];
  }
  return typeof host === "string" ? [{ driver: cloud.driver, config: { path: ["host"], equals: host } }] : [];
}

/** Adds a cloud unless another process has just done so. Answers whether it was added. */
export async function insertLocalCloud(tx: Tx, id: string, cloud: LocalCloud): Promise<boolean> {
  const made = await tx.prisma.cloud.createMany({ data: [{ id, ...cloud }], skipDuplicates: true });
  return made.count > 0;
}

/** Whether there is a cloud of that id. */
export async function hasCloud(cloudId: string, db: Db = pooled): Promise<boolean> {
  return (await db.prisma.cloud.findUnique({ where: { id: cloudId }, select: { id: true } })) !== null;
}

/** Locks a cloud and answers its name; null where it is gone. */
export async function lockCloud(tx: Tx, cloudId: string): Promise<string | null> {
  const locked = statements.selectFrom("cloud").select("name").where("id", "=", cloudId).forUpdate();
  return (await rowOf(locked, tx))?.name ?? null;
}

/** Keeps a cloud from being deleted until the transaction ends; answers false where it is gone. */
export async function keepCloud(tx: Tx, cloudId: string): Promise<boolean> {
  const kept = statements.selectFrom("cloud").select("id").where("id", "=", cloudId).forKeyShare();
  return (await rowOf(kept, tx)) !== null;
}

/** Deletes a cloud on which no resource is left, and with it what was to be left alone in it. */
export async function deleteCloudRow(tx: Tx, cloudId: string): Promise<void> {
  await tx.prisma.cloud.deleteMany({ where: { id: cloudId } });
}
