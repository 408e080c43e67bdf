import { z } from "zod";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { decodeCursor, type Page, sortKeys, toPage } from "@/lib/platform/http/page";
import type { EnvironmentStatus, EnvironmentSummary, HealthState } from "./schema";
import { countSummaries, listSummaries, type SummaryFilter, sorts } from "./store-summaries";

/** Which environments. */
export interface EnvironmentConditions {
  q?: string | undefined;
  status?: EnvironmentStatus | undefined;
  health?: HealthState | undefined;
  project?: string | undefined;
  template?: string | undefined;
  mine?: boolean | undefined;
  /** Only those whose owner is disabled or no member of the project any more. */
  unowned?: boolean | undefined;
  /** Id of the owner. */
  owner?: string | undefined;
  /** Also destroyed ones. */
  all?: boolean | undefined;
}

/** Which environments, in which order, and from where on. */
export interface EnvironmentFilter extends EnvironmentConditions {
  sort?: "created" | "name" | "cost" | "lease" | undefined;
  /** Left out, each sort has its own: newest, A to Z, dearest, soonest first. */
  direction?: "asc" | "desc" | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Environments the actor may see, keyset-paged. */
export async function listEnvironments(
  actor: Actor,
  filter: EnvironmentFilter,
): Promise<Page<EnvironmentSummary>> {
  const sort = filter.sort ?? "created";
  const { type } = sorts[sort];
  const down = filter.direction ? filter.direction === "desc" : sorts[sort].down;
  const cursor = decodeCursor(filter.cursor, z.object({ key: sortKeys[type], id: z.string() }));
  const limit = Math.trunc(filter.limit) + 1;
  const rows = await listSummaries(restrictions(actor, filter), { sort, down, after: cursor, limit });
  return toPage(
    rows,
    filter.limit,
    ({ sortKey, summary }) => ({ key: sortKey, id: summary.id }),
    ({ summary }) => summary,
  );
}

/** How many environments a list of these would show; `most` stands for that many or more. */
export async function countEnvironments(
  actor: Actor,
  filter: EnvironmentConditions,
  most: number,
): Promise<number> {
  return await countSummaries(restrictions(actor, filter), Math.trunc(most));
}

function restrictions(actor: Actor, filter: EnvironmentConditions): SummaryFilter {
  const { q, status, health, project, template, unowned, owner } = filter;
  const visible = visibleProjects(actor, "environment.read");
  return {
    ...{ q, status, health, project, template, unowned },
    visible: visible === "all" ? visible : [...visible],
    owners: [...(owner ? [owner] : []), ...(filter.mine ? [actor.userId] : [])],
    destroyed: Boolean(filter.all) || status === "destroyed",
  };
}
