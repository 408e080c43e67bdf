import { Decimal } from "decimal.js";
import type { AttentionItem, HomeView } from "./schema";

/** Whom home is drawn for: the office first, then what a person can do in projects. */
export function homeViewOf(who: {
  orgRole: "admin" | "auditor" | "finance" | null;
  projects: ReadonlyMap<string, string>;
}): HomeView {
  if (who.orgRole) return who.orgRole;
  const roles = [...who.projects.values()];
  const builds = roles.some((role) => role === "developer");
  const decides = roles.some((role) => role === "approver" || role === "owner");
  return decides && !builds ? "approver" : "developer";
}

const urgency: Record<AttentionItem["kind"], number> = {
  failed: 0,
  incident: 1,
  "change-failed": 2,
  cloud: 3,
  lease: 4,
  review: 5,
  waiting: 6,
};

/** The most urgent first; leases by their end, everything else the newest first. */
export function sortAttention(items: readonly AttentionItem[]): AttentionItem[] {
  const time = (item: AttentionItem) => (item.at ? Date.parse(item.at) : 0);
  return [...items].sort((left, right) => {
    const byKind = urgency[left.kind] - urgency[right.kind];
    if (byKind !== 0) return byKind;
    return left.kind === "lease" ? time(left) - time(right) : time(right) - time(left);
  });
}

/**
 * What a month will have cost when everything continues as now: spent so far and the running price for the rest.
 * @param monthly running price of a whole month, decimal text
 */
export function expectedMonth(spent: string, monthly: string, now: Date): string {
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const left = (next - now.getTime()) / (next - first);
  return new Decimal(spent).plus(new Decimal(monthly).times(left)).toFixed(2);
}
