import { countWaitingApprovals } from "@/lib/features/approvals";
import { listEnvironments } from "@/lib/features/environments";
import { listRequests } from "@/lib/features/requests";
import { can, type PersonActor, visibleProjects } from "@/lib/platform/auth";
import { monthOfProjects } from "./costs";
import { homeViewOf, sortAttention } from "./rules";
import type { AttentionItem, EnvironmentCounts, HomeDto } from "./schema";
import { countLiving } from "./store";
import { listAttention } from "./store-attention";

const shownEnvironments = 7;
const perKind = 5;

/** Everything on a person's home: what needs them, what runs, what it costs. */
export async function getHome(actor: PersonActor): Promise<HomeDto> {
  const view = homeViewOf(actor);
  const seesEnvironments = view !== "finance" || actor.projects.size > 0;
  const [attention, approvals, approvalsTotal, counts, own, costs] = await Promise.all([
    attentionOf(actor),
    listRequests(actor, { decidable: true, direction: "asc", limit: perKind }),
    countWaitingApprovals(actor),
    countEnvironments(actor),
    seesEnvironments
      ? listEnvironments(actor, { mine: view === "developer", limit: shownEnvironments })
      : null,
    monthOfProjects(actor),
  ]);
  return {
    view,
    attention: sortAttention(attention),
    approvals: approvals.items,
    approvalsTotal,
    counts,
    environments: own?.items ?? [],
    costs,
  };
}

async function countEnvironments(actor: PersonActor): Promise<EnvironmentCounts> {
  const visible = visibleProjects(actor, "environment.read");
  return await countLiving(visible === "all" ? null : visible);
}

/** What a person answers for: their own environments, those of projects they own, and everything for administrators. */
async function attentionOf(actor: PersonActor): Promise<AttentionItem[]> {
  const owned = [...actor.projects].filter(([, role]) => role === "owner").map(([projectId]) => projectId);
  const rows = await listAttention({
    userId: actor.userId,
    everything: actor.orgRole === "admin",
    ownedProjects: owned,
    clouds: can(actor, "cloud.manage"),
    reviews: can(actor, "template.publish"),
  });
  return rows.map((row) => ({ ...row, at: row.at?.toISOString() ?? null }));
}
