import { Recent } from "@/lib/kernel/recent";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { expectedMonth } from "./rules";
import type { ProjectCost } from "./schema";
import { listMonthCosts } from "./store";

const answers = new Recent<ProjectCost[]>(30_000);

/**
 * This month's cost of every project whose costs the actor may see, the dearest first. At most half a minute old: it
 * sums a month of every environment, and everybody's home asks for it.
 */
export async function monthOfProjects(actor: Actor): Promise<ProjectCost[]> {
  const visible = visibleProjects(actor, "cost.read");
  const all = await answers.get("", readAll);
  return visible === "all" ? all : all.filter((row) => visible.includes(row.id));
}

async function readAll(): Promise<ProjectCost[]> {
  const rows = await listMonthCosts();
  const now = new Date();
  return rows.map((row) => ({ ...row, expected: expectedMonth(row.spent, row.monthly, now) }));
}
