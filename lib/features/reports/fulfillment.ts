import { Recent } from "@/lib/kernel/recent";
import type { Actor } from "@/lib/platform/auth";
import type { FulfillmentRow } from "./schema";
import { reportAgeMs, reportScope, scopeKey } from "./scope";
import { listFulfillment } from "./store";

/**
 * How requests for new environments were answered, per template and in all (template "", first): how long people
 * waited and how often it worked. Times are of those that succeeded. At most half a minute old.
 */
export async function fulfillment(actor: Actor, days: number): Promise<FulfillmentRow[]> {
  const scope = reportScope(actor);
  return await answers.get(scopeKey(scope, days), () => read(scope, days));
}

const answers = new Recent<FulfillmentRow[]>(reportAgeMs);

async function read(scope: string[] | null, days: number): Promise<FulfillmentRow[]> {
  const rows = await listFulfillment(scope, days);
  return rows.map((row) => {
    const tried = row.succeeded + row.failed;
    return { ...row, successRate: tried === 0 ? null : row.succeeded / tried };
  });
}
