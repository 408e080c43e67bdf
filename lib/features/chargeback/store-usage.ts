import { sql } from "kysely";
import { anyOf, getPrisma, rowsOf, statements } from "@/lib/platform/db";
import type { EstimateItem } from "./estimate";
import type { UsageRow } from "./schema";

/** What of an environment was used. */
export interface UsageFilter {
  environment: string;
  component: string;
  meter: string;
  /** UTC, like "2026-10-31". */
  day: string;
  /** Projects whose usage may be seen. */
  projects: readonly string[] | "all";
}

/** The project of an environment; null when there is no such environment. */
export async function findProjectOf(environmentId: string): Promise<string | null> {
  const where = { id: environmentId };
  const row = await getPrisma().environment.findUnique({ where, select: { projectId: true } });
  return row?.projectId ?? null;
}

/** The usage of one day with what it was charged, the latest hour first. Quantities and amounts are exact decimal texts. */
export async function listUsageOfDay(filter: UsageFilter): Promise<UsageRow[]> {
  const { environment, component, meter, day, projects } = filter;
  const usage = statements
    .selectFrom("usage_record as u")
    .leftJoin("charge as c", "c.usage_record_id", "u.id")
    .leftJoin("price as p", "p.id", "c.price_id")
    .leftJoin("price_book as b", "b.id", "p.price_book_id")
    .leftJoin("app_user as o", "o.id", "u.owner_id")
    .leftJoin("cost_center as cc", "cc.id", "u.cost_center_id")
    .select((eb) => [
      "u.id",
      momentText("u.hour").as("hour"),
      sql<string>`u.quantity::text`.as("quantity"),
      "u.unit",
      sql<string | null>`trim_scale(p.unit_price)::text`.as("unitPrice"),
      "p.id as priceId",
      "b.name as priceBook",
      momentText("p.valid_from").$castTo<string | null>().as("priceFrom"),
      sql<string | null>`c.amount::text`.as("amount"),
      "c.currency",
      eb.fn.coalesce("o.name", sql.lit("System")).as("owner"),
      "cc.code as costCenter",
    ])
    .where("u.environment_id", "=", environment)
    .where("u.component", "=", component)
    .where("u.meter", "=", meter)
    .where("u.hour", ">=", sql<Date>`${day}::date::timestamp AT TIME ZONE 'UTC'`)
    .where("u.hour", "<", sql<Date>`(${day}::date + 1)::timestamp AT TIME ZONE 'UTC'`)
    .orderBy("u.hour", "desc")
    .orderBy("u.id");
  return await rowsOf(projects === "all" ? usage : usage.where("u.project_id", "=", anyOf(projects)));
}

const momentText = (column: "u.hour" | "p.valid_from") =>
  sql<string>`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** What an environment holds at present; a stopped component holds its storage only. */
export async function listHeldNow(environmentId: string): Promise<EstimateItem[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("resource_history")
      .select(["component", "cloud_id as cloudId", "replicas", "running", "cpu"])
      .select(["memory_bytes as memoryBytes", "storage_bytes as storageBytes"])
      .where("environment_id", "=", environmentId)
      .where("valid_to", "is", null),
  );
  return rows.map(({ running, cpu, memoryBytes, storageBytes, ...row }) => ({
    ...row,
    cpu: running ? Number(cpu) : 0,
    memoryBytes: running ? Number(memoryBytes) : 0,
    storageBytes: Number(storageBytes),
  }));
}
