import { sql } from "kysely";
import { templateRows } from "@/lib/features/catalog/joins";
import { cloudRows } from "@/lib/features/clouds/joins";
import { costCenterRows, projectRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
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
  project: statements.selectFrom(projectRows.as("project")).select("name").where("id", "=", key),
  "cost-center": statements.selectFrom(costCenterRows.as("cost_center")).select("name").where("id", "=", key),
  template: statements.selectFrom(templateRows.as("template")).select("title as name").where("id", "=", key),
  cloud: statements.selectFrom(cloudRows.as("cloud")).select("title as name").where("id", "=", key),
  owner: statements.selectFrom(userRows.as("app_user")).select("name").where("id", "=", key),
} as const;

/** What the member of a group with the key `d.key` is called; null when it is gone. */
export const groupName = (group: CostGroup) =>
  group === "component" ? sql<string | null>`${key}` : sql<string | null>`(${names[group]})`;
