import { lostVolumes, type PlanChange } from "@/lib/engine/plan";
import { backupOf } from "@/lib/features/backups";
import type { EnvironmentContext, EnvironmentRow } from "@/lib/features/environments";
import { AppError } from "@/lib/kernel/errors";
import { componentChanges } from "./component-changes";
import { recreationChanges, repairChanges } from "./repair-changes";
import type { SystemRequestBody } from "./schema";
import { findBackupOf } from "./store-backups";

const needsItRunning: ReadonlySet<string> = new Set(["restart", "restore", "action"]);

/**
 * Whether an environment can be changed like that at all.
 * @throws AppError conflict
 */
export function requireChangeable(
  row: EnvironmentRow,
  kind: SystemRequestBody["kind"],
  nowMs = Date.now(),
): void {
  if (row.status === "destroyed")
    throw new AppError("conflict", "The environment was destroyed and can’t be changed.");
  if (row.status === "pending") {
    throw new AppError(
      "conflict",
      "The environment is pending approval and doesn’t exist yet. Cancel its request instead.",
    );
  }
  if (row.status === "stopped" && needsItRunning.has(kind))
    throw new AppError("conflict", "The environment is stopped. Start it first.");
  const over = row.leaseEndsAt !== null && row.leaseEndsAt.getTime() <= nowMs;
  const starts =
    kind === "start" ||
    kind === "restart" ||
    kind === "repair" ||
    (kind === "update" && row.status === "stopped");
  if (over && starts) {
    throw new AppError("conflict", "The lease has expired. Extend it before starting the environment.");
  }
}

/** The changes of what leaves components what they are. */
export async function changesOfOperation(
  context: EnvironmentContext,
  body: Exclude<SystemRequestBody, { kind: "create" | "update" | "destroy" | "extend" }>,
): Promise<PlanChange[]> {
  switch (body.kind) {
    case "stop":
      return componentChanges(context, "stop", "stops; data is kept");
    case "start":
      return componentChanges(context, "start", "starts");
    case "restart":
      return componentChanges(context, "restart", "restarts", body.component);
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
