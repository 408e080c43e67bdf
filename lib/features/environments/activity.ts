import { type Actor, requirePermission } from "@/lib/platform/auth";
import { activityTitle, type Happened } from "./activity-title";
import { getEnvironmentRow } from "./context";
import type { ActivityDto, ActivityKind } from "./schema";
import { type ActivityRow, listHappened } from "./store-activity";

export interface ActivityFilter {
  kind?: ActivityKind | undefined;
  /** Words of what happened, why, or who did it. */
  q?: string | undefined;
}

/** Everything that happened to an environment, newest first: requests, incidents, backups. */
export async function listActivity(
  actor: Actor,
  environmentId: string,
  limit: number,
  filter: ActivityFilter = {},
): Promise<ActivityDto[]> {
  const { projectId } = await getEnvironmentRow(environmentId);
  const target = { projectId, what: "The environment", objectType: "environment", objectId: environmentId };
  requirePermission(actor, "environment.read", target);
  const rows = await listHappened(environmentId, limit, filter);
  return rows.map(toActivity);
}

const tones: Record<Happened["status"], ActivityDto["tone"]> = {
  succeeded: "good",
  closed: "good",
  failed: "bad",
  rejected: "bad",
  open: "bad",
  running: "accent",
  pending_approval: "warning",
  approved: "neutral",
  cancelled: "neutral",
  expired: "neutral",
  deleted: "neutral",
};

function toActivity(row: ActivityRow): ActivityDto {
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    title: activityTitle(row),
    // The title of an incident names its component already.
    detail: (row.detail ?? "").replace(row.kind === "incident" ? `${row.what}: ` : "", ""),
    who: row.who ?? "Unknown user",
    tone: tones[row.status],
    href: row.href,
  };
}
