import type { CostGroup } from "./schema";

// Constants of this file, never input.

/** Per group: the column of daily_cost. */
export const groupColumns: Record<CostGroup, string> = {
  project: "project_id",
  "cost-center": "cost_center_id",
  template: "template_id",
  cloud: "cloud_id",
  owner: "owner_id",
  component: "component",
};

/** Per group: SQL that finds the name of a `key`. */
export const groupNames: Record<CostGroup, string> = {
  project: "(SELECT name FROM project WHERE id = key)",
  "cost-center": "(SELECT name FROM cost_center WHERE id = key)",
  template: "(SELECT title FROM template WHERE id = key)",
  cloud: "(SELECT title FROM cloud WHERE id = key)",
  owner: "(SELECT name FROM app_user WHERE id = key)",
  component: "key",
};
