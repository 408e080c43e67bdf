import { sql } from "kysely";
import { chargeRows, usageRows } from "@/lib/features/metering/joins";
import { costCenterRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
import { anyOf, rowsOf, statements } from "@/lib/platform/db";
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

/** The usage of one day with what it was charged, the latest hour first. Quantities and amounts are exact decimal texts. */
export async function listUsageOfDay(filter: UsageFilter): Promise<UsageRow[]> {
  const { environment, component, meter, day, projects } = filter;
  const usage = statements
    .selectFrom(usageRows.as("u"))
    .leftJoin(chargeRows.as("c"), "c.usage_record_id", "u.id")
    .leftJoin("price as p", "p.id", "c.price_id")
    .leftJoin("price_book as b", "b.id", "p.price_book_id")
    .leftJoin(userRows.as("o"), "o.id", "u.owner_id")
    .leftJoin(costCenterRows.as("cc"), "cc.id", "u.cost_center_id")
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
