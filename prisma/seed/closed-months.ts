import { closeMonth } from "@/lib/features/chargeback";
import type { Actor } from "@/lib/platform/auth";
import { systemActor } from "@/lib/platform/auth";
import type { Organization } from "./organization";
import { demoProjects } from "./people";

/** Whole months before this one that have costs: the last of them is left for finance to close. */
export const costMonths = 3;

/** The first moment of a month, so many before the one that a moment lies in. */
export function monthStartMs(at: Date, monthsBefore: number): number {
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - monthsBefore);
}

/** Closes all months with costs but the last one, as the demo's finance person, the way everybody closes them. */
export async function closeMonths(organization: Organization, now: Date): Promise<void> {
  const { id, name } = organization.people.finance;
  const finance: Actor = {
    ...systemActor("demo"),
    userId: id,
    name: `${name} (demo)`,
    via: "session",
    isDemo: true,
  };
  for (let before = costMonths; before > 1; before -= 1) {
    const month = new Date(monthStartMs(now, before)).toISOString().slice(0, 7);
    for (const { costCenter } of demoProjects) {
      await closeMonth(finance, { month, costCenter: costCenter.code }, now.getTime());
    }
  }
}
