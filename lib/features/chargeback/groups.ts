import type { CostGroup } from "./schema";

/** Per group: the column of daily_cost and how its name is found. Constants of this file, never input. */
export const groupColumns: Record<CostGroup, { column: string; name: string }> = {
  project: { column: "project_id", name: "(SELECT name FROM project WHERE id = key)" },
  "cost-center": { column: "cost_center_id", name: "(SELECT name FROM cost_center WHERE id = key)" },
  template: { column: "template_id", name: "(SELECT title FROM template WHERE id = key)" },
  cloud: { column: "cloud_id", name: "(SELECT title FROM cloud WHERE id = key)" },
  owner: { column: "owner_id", name: "(SELECT name FROM app_user WHERE id = key)" },
  component: { column: "component", name: "key" },
};
