import semver from "semver";
import { Recent } from "@/lib/kernel/recent";
import type { Actor } from "@/lib/platform/auth";
import type { RelianceRow } from "./schema";
import { reportAgeMs, reportScope, scopeKey } from "./scope";
import { listReliance } from "./store";

/**
 * How much each offering is relied on, within the projects the actor may report on; the most used first. At most half
 * a minute old.
 */
export async function reliance(actor: Actor, days: number): Promise<RelianceRow[]> {
  const scope = reportScope(actor);
  return await answers.get(scopeKey(scope, days), () => read(scope, days));
}

const answers = new Recent<RelianceRow[]>(reportAgeMs);

async function read(scope: string[] | null, days: number): Promise<RelianceRow[]> {
  const rows = await listReliance(scope, days);
  return rows
    .filter((row) => row.published.length > 0 || row.environments > 0)
    .map(({ published, versions, ...row }) => {
      const newest = [...published].sort(semver.rcompare)[0] ?? null;
      return { ...row, newest, outdated: outdated(versions ?? {}, newest) };
    });
}

function outdated(versions: Record<string, number>, newest: string | null): number {
  if (newest === null) return 0;
  return Object.entries(versions).reduce(
    (sum, [version, count]) => sum + (semver.lt(version, newest) ? count : 0),
    0,
  );
}
