import { formatRelative } from "@/lib/kernel/format";
import { Recent } from "@/lib/kernel/recent";
import type { Actor } from "@/lib/platform/auth";
import type { SprawlReason, SprawlRow } from "./schema";
import { reportAgeMs, reportScope, scopeKey } from "./scope";
import { listIdle, listOtherSprawl } from "./store-sprawl";

/**
 * Environments that are probably not needed: the most expensive first, at most a hundred per reason. Idle ones are
 * searched among the 300 most expensive that run: every component used under 1% of its CPU in each sample of a day,
 * two hours apart. At most half a minute old.
 */
export async function sprawl(actor: Actor): Promise<SprawlRow[]> {
  const scope = reportScope(actor);
  return await answers.get(scopeKey(scope), () => read(scope));
}

const answers = new Recent<SprawlRow[]>(reportAgeMs);

async function read(scope: string[] | null): Promise<SprawlRow[]> {
  const [idle, others] = await Promise.all([listIdle(scope), listOtherSprawl(scope)]);
  return [...idle, ...others].map(({ at, share, ...row }) => ({
    ...row,
    detail: detailOf(row.reason, at, share),
  }));
}

function detailOf(reason: SprawlReason, at: Date | null, share: number | null): string {
  const when = formatRelative(at, Date.now());
  switch (reason) {
    case "idle":
      return `Peak CPU use ${((share ?? 0) * 100).toFixed(1)}% in the last 24 hours`;
    case "expired":
      return `Lease ended ${when}`;
    case "unowned":
      return at ? `Owner disabled ${when}` : "Owner is no longer a project member";
    case "failed":
      return `Run failed ${when}, not resolved`;
    case "stopped":
      return `Stopped, last changed ${when}`;
  }
}
