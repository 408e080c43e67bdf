import { sql } from "kysely";
import { jsonBuildObject } from "kysely/helpers/postgres";
import type { z } from "zod";
import type { ResourceRow as NewResource } from "@/lib/engine/run";
import { cloudRows } from "@/lib/features/clouds/joins";
import { sampleRows } from "@/lib/features/monitoring/joins";
import { newId } from "@/lib/kernel/ids";
import { getPrisma, type Prisma, readOr, rowsOf, statements, type Tx } from "@/lib/platform/db";
import { type ResourceDto, resourceSchema } from "./schema";
import { storedAddressSchema, storedValuesSchema } from "./stored-schema";

/** A resource as it is shown. */
export type ResourceRow = Awaited<ReturnType<typeof listShownResources>>[number];

/** Resources of an environment with their latest sample, oldest first. */
export async function listShownResources(environmentId: string) {
  const rows = await rowsOf(
    statements
      .selectFrom("resource as r")
      .leftJoin(cloudRows.as("c"), "c.id", "r.cloud_id")
      .select(["r.id", "r.component", "r.cloud_id as cloudId", "r.kind", "r.external_id as externalId"])
      .select(["r.status", "r.health", "r.health_message as healthMessage", "r.restarts", "r.cpu"])
      .select(["r.memory_bytes as memoryBytes", "r.storage_bytes as storageBytes", "r.replicas"])
      .select(["r.sealed_outputs as sealedOutputs", "r.last_observed_at as lastObservedAt"])
      .select(["r.created_at as createdAt", "r.attributes", "r.address", "r.outputs"])
      .select((eb) => [
        eb.fn.coalesce("c.title", "r.cloud_id").as("cloud"),
        eb.fn.coalesce("c.driver", sql.lit("")).as("driver"),
        eb
          .selectFrom(sampleRows.as("s"))
          .select((sample) =>
            jsonBuildObject({
              at: sql<string>`to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
              cpuCores: sample.ref("s.cpu_cores"),
              memoryBytes: sample.ref("s.memory_bytes"),
            }).as("latest"),
          )
          .whereRef("s.resource_id", "=", "r.id")
          .orderBy("s.at", "desc")
          .limit(1)
          .$castTo<{ latest: ResourceDto["latest"] }>()
          .as("latest"),
      ])
      .where("r.environment_id", "=", environmentId)
      .orderBy("r.created_at")
      .orderBy("r.id"),
  );
  return rows.map((row) => {
    const damaged: string[] = [];
    const read = <Schema extends z.ZodType>(schema: Schema, what: "attributes" | "address" | "outputs") =>
      readOr(schema, row[what], {} as z.output<Schema>, () => damaged.push(`${what} of ${row.component}`));
    return {
      ...row,
      kind: readOr(kindSchema, row.kind, "process", () => damaged.push(`kind of ${row.component}`)),
      status: statusSchema.parse(row.status),
      attributes: read(storedValuesSchema, "attributes"),
      address: read(storedAddressSchema, "address"),
      outputs: read(storedValuesSchema, "outputs"),
      damaged,
    };
  });
}

const kindSchema = resourceSchema.shape.kind;
const statusSchema = resourceSchema.shape.status.catch("unknown");

/** The cloud that a component is in; null when there is no such component. */
export async function findCloudOf(environmentId: string, component: string): Promise<string | null> {
  const row = await getPrisma().resource.findUnique({
    where: { environmentId_component: { environmentId, component } },
    select: { cloudId: true },
  });
  return row?.cloudId ?? null;
}

/** The sealed outputs of a component; null when it has none. */
export async function findSealedOutputsOf(environmentId: string, component: string): Promise<string | null> {
  const row = await getPrisma().resource.findUnique({
    where: { environmentId_component: { environmentId, component } },
    select: { sealedOutputs: true },
  });
  return row?.sealedOutputs ?? null;
}

/** Gives an environment a resource that its cloud has. */
export async function insertResource(tx: Tx, environmentId: string, row: NewResource): Promise<void> {
  const json = (document: unknown) => document as Prisma.InputJsonObject;
  await tx.prisma.resource.create({
    data: {
      id: newId("resource"),
      environmentId,
      component: row.component,
      cloudId: row.cloudId,
      kind: row.kind,
      externalId: row.externalId,
      status: row.status,
      desired: row.desired,
      desiredDigest: row.desiredDigest,
      spec: json(row.spec),
      cpu: row.cpu,
      memoryBytes: BigInt(row.memoryBytes),
      storageBytes: BigInt(row.storageBytes),
      replicas: row.replicas,
      attributes: json(row.attributes),
      address: json(row.address),
      outputs: json(row.outputs),
      sealedOutputs: row.sealedOutputs,
      lastObservedAt: new Date(),
    },
    select: { id: true },
  });
}

/** Forgets the resources on a cloud. */
export async function deleteResourcesOn(tx: Tx, cloudId: string): Promise<void> {
  await tx.prisma.resource.deleteMany({ where: { cloudId } });
}
