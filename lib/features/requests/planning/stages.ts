import type { CloudConnection } from "@/lib/clouds/contract";
import type { PlacementReason } from "@/lib/clouds/placement";
import type { EnvironmentInputs, Placed, PlanChange } from "@/lib/engine/plan";
import type { GoodPart } from "@/lib/features/backups";
import type { LoadedVersion } from "@/lib/features/catalog";
import type { PriceSheet } from "@/lib/features/chargeback";
import type { EnvironmentContext } from "@/lib/features/environments";
import type { Verdict } from "@/lib/features/policies/schema";
import type { ProjectLimits } from "@/lib/features/projects";
import type { QuotaDelta } from "@/lib/features/quotas";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import type { Loss } from "../loss-schema";
import type { PlanCost, RequestKind, SystemRequestBody } from "../schema";
import type { RestoreOrigin } from "./restore-origin";

/*
 * A plan in its stages. Each is what the one before it says and more, and nothing of it is changed later:
 *
 *   load → PlanInput → resolve → ResolvedPlan → place → PlacedPlan → price → PricedPlan → evaluate → EvaluatedPlan
 *
 * Only the loader reads the database, only placing asks clouds; resolve, price and evaluate are pure.
 */

/** What is asked for, and everything known that the plan depends on. */
export interface PlanInput {
  kind: RequestKind;
  body: SystemRequestBody;
  project: ProjectLimits;
  environmentId: string;
  environmentName: string;
  /** The generation that the plan is made on; 0 for a new environment. */
  baseGeneration: number;
  /** The version that holds after the change. */
  version: LoadedVersion;
  /** What is there before the change; null for a new environment. */
  context: EnvironmentContext | null;
  /** The backup that a new environment begins with. */
  origin: RestoreOrigin | null;
  /** Secret parameters of the earlier request that this one repeats. */
  carriedSecrets: Record<string, unknown>;
  /** Prices of a cloud now; null where it has none. */
  sheetOf: (cloudId: string) => PriceSheet | null;
  nowMs: number;
  /** What the environment holds of the project's quotas already. */
  held: QuotaDelta;
  /** Use of the project's quotas without this request. */
  use: QuotaUse[];
  /** What the project commits to a month without this request, decimal text; null where it has no budget. */
  committed: string | null;
  /** Measured bytes of components. */
  sizes: ReadonlyMap<string, number>;
  /** Parts of backups that can be restored. */
  backups: readonly GoodPart[];
  /** The clouds where the environment's components are; one that can't be opened is missing. */
  homes: ReadonlyMap<string, CloudConnection>;
}

/** With the values that hold after the change. */
export interface ResolvedPlan extends PlanInput {
  /** Without secret values. */
  parameters: Record<string, unknown>;
  secretParameters: Record<string, unknown>;
  /** For planning components again; null where the change leaves them what they are. */
  inputs: EnvironmentInputs | null;
  /** Null when the lease stays as it is. */
  lease: { days: number; endsAt: string } | null;
  /** The longest lease that template and project allow, in days. */
  maxLeaseDays: number;
}

/** Components with their clouds, and what is to be done to them. */
export interface PlacedPlan extends ResolvedPlan {
  placement: Record<string, Placed>;
  changes: PlanChange[];
  reasons: PlacementReason[];
  /** What the chosen clouds do although people should think twice. */
  warnings: string[];
}

/** With what it costs and takes of the project's quotas. */
export interface PricedPlan extends PlacedPlan {
  cost: PlanCost;
  delta: QuotaDelta;
  quota: QuotaUse[];
}

/** With what it deletes, what the policies say and the digest that an approval is bound to. */
export interface EvaluatedPlan extends PricedPlan {
  losses: Loss[];
  verdicts: Verdict[];
  digest: string;
}
