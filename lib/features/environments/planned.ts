import { z } from "zod";
import { query } from "@/lib/platform/db";
import type { EnvironmentDetail } from "./schema";

const planned = z.object({
  changes: z.array(
    z.object({
      component: z.string(),
      title: z.string(),
      kind: z.string(),
      cloud: z.object({ name: z.string() }),
      dependsOn: z.array(z.string()),
      size: z.object({ storageBytes: z.number() }),
      replicas: z.number(),
    }),
  ),
  cost: z.object({
    monthly: z.string().nullable(),
    currency: z.string(),
    lease: z.object({ days: z.number() }).nullish(),
  }),
});

/** What the newest plan of a creation says of an environment of which nothing exists yet; null without one. */
export async function plannedOf(environmentId: string): Promise<EnvironmentDetail["planned"]> {
  const [row] = await query<z.input<typeof planned>>(
    `SELECT p.changes, p.cost FROM request q JOIN plan p ON p.id = q.plan_id
     WHERE q.environment_id = $1 AND q.kind = 'create' ORDER BY q.created_at DESC LIMIT 1`,
    [environmentId],
    { name: "environment_planned" },
  );
  if (!row) return null;
  const { changes, cost } = planned.parse(row);
  return {
    components: changes.map(({ component, title, kind, cloud, dependsOn, size, replicas }) => ({
      ...{ component, title, kind, dependsOn, replicas },
      cloud: cloud.name,
      storageBytes: size.storageBytes,
    })),
    monthly: cost.monthly,
    leaseDays: cost.lease?.days ?? null,
  };
}
