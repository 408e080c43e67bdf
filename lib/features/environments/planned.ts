import { z } from "zod";
import { implementationKinds } from "@/lib/clouds/contract";
import type { Manifest } from "@/lib/engine/template/types";
import { runningProduct } from "@/lib/features/catalog";
import type { EnvironmentDetail } from "./schema";
import { findCreationPlan } from "./store";

const planned = z.object({
  changes: z.array(
    z.object({
      component: z.string(),
      title: z.string(),
      kind: z.enum(implementationKinds),
      cloud: z.object({ name: z.string() }),
      dependsOn: z.array(z.string()),
      size: z.object({ storageBytes: z.number() }),
      replicas: z.number(),
    }),
  ),
  cost: z.object({
    monthly: z.string().nullable(),
    currency: z.string(),
  }),
  lease: z.object({ days: z.number() }).nullable(),
});

/** What the newest plan of a creation says of an environment of which nothing exists yet; null without one. */
export async function plannedOf(
  environmentId: string,
  components: Manifest["spec"]["components"],
): Promise<EnvironmentDetail["planned"]> {
  const row = await findCreationPlan(environmentId);
  if (!row) return null;
  const { changes, cost, lease } = planned.parse(row);
  return {
    components: changes.map(({ component, title, kind, cloud, dependsOn, size, replicas }) => ({
      ...{ component, title, kind, dependsOn, replicas },
      product: runningProduct({}, components[component]),
      cloud: cloud.name,
      storageBytes: size.storageBytes,
    })),
    monthly: cost.monthly,
    leaseDays: lease?.days ?? null,
  };
}
