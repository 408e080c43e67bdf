import { sql } from "kysely";
import { statements } from "@/lib/platform/db";
import type { CostGroup } from "./schema";

/** Per group: the column of daily_cost. */
export const groupColumns = {
  project: "project_id",
  "cost-center": "cost_center_id",
  template: "template_id",
  cloud: "cloud_id",
  owner: "owner_id",
  component: "component",
} as const satisfies Record<CostGroup, string>;

const key = sql.ref<string>("d.key");

const names = {
  project: statements.selectFrom("project").select("name").where("id", "=", key),
  "cost-center": statements.selectFrom("cost_center").select("name").where("id", "=", key),
  template: statements.selectFrom("template").select("title as name").where("id", "=", key),
  cloud: statements.selectFrom("cloud").select("title as name").where("id", "=", key),
  owner: statements.selectFrom("app_user").select("name").where("id", "=", key),
} as const;

/** What the member of a group with the key `d.key` is called; null when it is gone. */
export const groupName = (group: CostGroup) =>
  group === "component" ? sql<string | null>`${key}` : sql<string | null>`(${names[group]})`;
