import type { PlacementReason } from "@/lib/clouds/placement";
import type { Placed, PlanChange } from "@/lib/engine/plan";
import type { Verdict } from "@/lib/features/policies/schema";
import { notFound } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import type { Loss, PlanCost } from "./schema";

/** A stored plan as code uses it. */
export interface StoredPlan {
  id: string;
  templateVersionId: string;
  baseGeneration: number;
  digest: string;
  parameters: Record<string, unknown>;
  changes: PlanChange[];
  cost: PlanCost;
  lease: { days: number; endsAt: string } | null;
  placement: Record<string, Placed>;
  reasons: PlacementReason[];
  verdicts: Verdict[];
  /** Null in plans from before losses were told. */
  losses: Loss[] | null;
  sealed: string | null;
}

interface Row extends Omit<StoredPlan, "cost" | "lease" | "placement" | "reasons"> {
  cost: PlanCost & Pick<StoredPlan, "lease" | "placement" | "reasons">;
}

/** @throws AppError not_found */
export async function readPlan(planId: string): Promise<StoredPlan> {
  const [row] = await query<Row>(
    `SELECT id, template_version_id AS "templateVersionId", base_generation AS "baseGeneration", digest, parameters,
       changes, cost, verdicts, losses, sealed FROM plan WHERE id = $1`,
    [planId],
    { name: "plan_row" },
  );
  if (!row) throw notFound("The plan");
  const { lease = null, placement = {}, reasons = [], ...cost } = row.cost;
  return { ...row, cost, lease, placement, reasons };
}
