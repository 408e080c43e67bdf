import { buildDestroyPlan, lostVolumes, type PlanChange } from "@/lib/engine/plan";
import { backupOf, findBackupOf } from "@/lib/features/backups";
import type { EnvironmentContext } from "@/lib/features/environments";
import { AppError } from "@/lib/kernel/errors";
import { operationOf } from "../operations";
import type { SystemRequestBody } from "../schema";
import { componentChanges } from "./component-changes";
import { isBackedUpIn } from "./place-on-clouds";
import { recreationChanges, repairChanges } from "./repair-changes";

/** What a change does to the components of an environment, unless it says again what they are. */
export async function changesOf(
  context: EnvironmentContext,
  body: Exclude<SystemRequestBody, { kind: "create" | "update" }>,
): Promise<PlanChange[]> {
  const { work } = operationOf(body.kind);
  if (work.plan === "each") {
    const only = "component" in body ? body.component : undefined;
    return componentChanges(context, work.action, work.reason, only);
  }
  if (work.plan === "removal") {
    const { inputs, existing } = context;
    return buildDestroyPlan({ manifest: inputs.manifest, existing, isBackedUp: isBackedUpIn(context) });
  }
  switch (body.kind) {
    case "repair":
      return await repairChanges(context, body.component);
    case "heal":
      if (body.how === "recover" || body.how === "restart")
        return componentChanges(context, body.how, body.reason, body.component);
      return await recreationChanges(context, body.component, { restores: body.how === "restore" });
    case "restore":
      return restoreChanges(context, body.backup, await requireRestorePoint(context.row.id, body.backup));
    case "action": {
      const action = context.inputs.manifest.spec.actions.find((one) => one.name === body.action);
      if (!action) throw new AppError("validation_failed", `The template has no action "${body.action}".`);
      return componentChanges(context, "run", action.title, action.component);
    }
    default:
      throw new Error(`No plan for ${body.kind}`);
  }
}

/** Every component that the backup holds data of, or that the template backs up; what is there now is replaced. */
function restoreChanges(
  context: EnvironmentContext,
  backupId: string,
  held: ReadonlySet<string>,
): PlanChange[] {
  const { manifest } = context.inputs;
  const chosen = [...context.existing.values()].filter(
    ({ component, kind }) => held.has(component) || backupOf(manifest, component, kind) !== undefined,
  );
  const changes = componentChanges(context, "restore", "data is replaced by the backup", chosen);
  return changes.map((change) => {
    const existing = context.existing.get(change.component);
    if (!existing || !held.has(change.component)) return change;
    const fate = { type: "gone", reason: "data_restored", after: existing.view } as const;
    return { ...change, restores: backupId, lostVolumes: lostVolumes(existing.view, true, fate) };
  });
}

/**
 * A restore point that cannot be used is refused before anything is stopped for it.
 * @returns the components that it holds data of
 */
async function requireRestorePoint(environmentId: string, backupId: string): Promise<Set<string>> {
  const backup = await findBackupOf(environmentId, backupId);
  if (backup?.status === "succeeded") return new Set(backup.components);
  const message = backup
    ? `can’t be restored because its status is ${backup.status}`
    : "isn’t a backup of this environment";
  throw new AppError("validation_failed", `The backup ${message}.`, {
    problems: [{ path: "backup", message }],
  });
}
