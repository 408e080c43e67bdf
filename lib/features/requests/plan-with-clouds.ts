import type { CloudConnection, DesiredComponent } from "@/lib/clouds/contract";
import { type PlacementReason, placeComponents } from "@/lib/clouds/placement";
import { sharingSteps } from "@/lib/engine/expressions";
import {
  buildPlan,
  commonScope,
  type DesiredView,
  type EnvironmentInputs,
  type ExistingComponent,
  isWanted,
  namingComponent,
  type Placed,
  type PlanChange,
} from "@/lib/engine/plan";
import { backupOf } from "@/lib/features/backups";
import { connectionFor, placementCandidates } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";
import { AppError, messageOf } from "@/lib/kernel/errors";
import type { Masker } from "@/lib/platform/masking";
import { demandOf, warningsOf, withRefusals } from "./demands";
import { carriageOf } from "./moves";

/** Components with their clouds, and what is to be done to them. */
export interface Planned {
  placement: Record<string, Placed>;
  changes: PlanChange[];
  reasons: PlacementReason[];
  /** What the chosen clouds do although people should think twice. */
  warnings: string[];
}

/** Places and plans; the driver of each cloud judges how its components change. */
export async function planWith(
  unplaced: EnvironmentInputs,
  existing: Map<string, ExistingComponent>,
  wantedCloud: string | undefined,
  masker: Masker,
  before?: EnvironmentContext,
): Promise<Planned> {
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
    const departed = await openDeparted(existing, placement);
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
        from: departed.get(one.cloudId),
        to: connections.get(placement[one.component]?.cloudId ?? ""),
        backupBefore: before && backupOf(before.inputs.manifest, one.component, one.kind),
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
  return (component) =>
    backupOf(inputs.manifest, component, existing.get(component)?.kind ?? "") !== undefined;
}

/** The clouds that components leave; one that can't be opened is missing. */
async function openDeparted(
  existing: ReadonlyMap<string, ExistingComponent>,
  placement: Record<string, Placed>,
): Promise<Map<string, CloudConnection>> {
  const left = [...existing.values()].flatMap(({ component, cloudId }) =>
    placement[component] && placement[component]?.cloudId !== cloudId ? [cloudId] : [],
  );
  const opened = await Promise.allSettled([...new Set(left)].map((id) => openAll([id])));
  return new Map(opened.flatMap((one) => (one.status === "fulfilled" ? [...one.value] : [])));
}

async function openAll(cloudIds: readonly string[]): Promise<Map<string, CloudConnection>> {
  const opened = await Promise.all(cloudIds.map(async (id) => [id, await connectionFor(id)] as const));
  return new Map(opened);
}
