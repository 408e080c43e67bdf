import type { CloudConnection, DesiredComponent } from "@/lib/clouds/contract";
import { placeComponents } from "@/lib/clouds/placement";
import { sharingSteps } from "@/lib/engine/expressions";
import {
  buildPlan,
  commonScope,
  type DesiredView,
  type ExistingComponent,
  isWanted,
  namingComponent,
} from "@/lib/engine/plan";
import { backupOf } from "@/lib/features/backups";
import { connectionFor, placementCandidates } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { demandOf, planMasker, warningsOf, withRefusals } from "./demands";
import { carriageOf } from "./moves";
import type { PlacedPlan, ResolvedPlan } from "./stages";

/** Places and plans components again; the driver of each cloud judges how its components change. */
export async function placeOnClouds(
  { inputs: unplaced, context: before, homes }: ResolvedPlan,
  wantedCloud: string | undefined,
): Promise<Pick<PlacedPlan, "placement" | "changes" | "reasons" | "warnings">> {
  if (!unplaced) throw new Error("This change places nothing.");
  const existing = before?.existing ?? new Map<string, ExistingComponent>();
  const masker = planMasker(before ? [unplaced, before.inputs] : [unplaced]);
  const common = commonScope(unplaced);
  try {
    const demands = sharingSteps(() =>
      Object.entries(unplaced.manifest.spec.components)
        .filter(([name, component]) => namingComponent(name, () => isWanted(component, common)))
        .map(([name, component]) => demandOf(name, component, common, existing)),
    );
    const candidates = await withRefusals(
      unplaced,
      common,
      demands,
      await placementCandidates(),
      wantedCloud,
      masker,
    );
    const result = placeComponents(demands, candidates, wantedCloud);
    if (!result.ok) {
      const why = result.reasons.map((one) => `${one.cloud}: ${one.reason}`).join("; ");
      const message = `No cloud can run ${result.missing.join(", ")}. ${why || "No cloud is registered"}.`;
      throw new AppError("no_placement", message, { detail: { reasons: result.reasons } });
    }
    const placement = Object.fromEntries(
      result.placed.map(({ component, cloudId, cloudName, kind }) => [
        component,
        { cloudId, cloudName, kind },
      ]),
    );
    const connections = await openAll([...new Set(result.placed.map((one) => one.cloudId))]);
    const decide = (component: string, before: DesiredComponent, after: DesiredComponent) => {
      const connection = connections.get(placement[component]?.cloudId ?? "");
      if (!connection) return { action: "update" as const, disruptive: true, reason: "changed" };
      const verdict = connection.decideChange(before, after);
      return { ...verdict, reason: masker.mask(verdict.reason) };
    };
    const carry = (one: ExistingComponent, after: DesiredView) =>
      carriageOf({
        existing: one,
        after,
        toCloudName: placement[one.component]?.cloudName ?? "",
        from: homes.get(one.cloudId),
        to: connections.get(placement[one.component]?.cloudId ?? ""),
        backupBefore: before ? backupOf(before.inputs.manifest, one.component, one.kind) : undefined,
        backupAfter: backupOf(unplaced.manifest, one.component, after.kind),
      });
    const changes = buildPlan({
      ...unplaced,
      placement,
      existing,
      decide,
      carry,
      ...(before ? { isBackedUp: isBackedUpIn(before) } : {}),
    });
    const warnings = await warningsOf(unplaced, common, changes, connections, masker);
    return { placement, changes, reasons: result.reasons, warnings };
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Expressions and quantities of the template fail on these parameters.
    const masked = masker.maskError(error);
    throw new AppError("validation_failed", `The template couldn’t be resolved: ${messageOf(masked)}`, {
      cause: masked,
    });
  }
}

/** Whether the environment's present version backs a component up. */
export function isBackedUpIn({ inputs, existing }: EnvironmentContext): (component: string) => boolean {
  return (component) => backupOf(inputs.manifest, component, existing.get(component)?.kind) !== undefined;
}

async function openAll(cloudIds: readonly string[]): Promise<Map<string, CloudConnection>> {
  const opened = await Promise.all(cloudIds.map(async (id) => [id, await connectionFor(id)] as const));
  return new Map(opened);
}
