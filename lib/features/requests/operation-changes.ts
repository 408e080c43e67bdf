import type { PlanChange } from "@/lib/engine/plan";
import type { EnvironmentContext, EnvironmentRow } from "@/lib/features/environments";
import { AppError } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { componentChanges } from "./component-changes";
import { recreationChanges, repairChanges } from "./repair-changes";
import type { SystemRequestBody } from "./schema";

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
    throw new AppError("conflict", "The environment was destroyed; nothing can be changed.");
  if (row.status === "pending") {
    throw new AppError(
      "conflict",
      "The environment waits for approval and does not exist yet. Cancel its request instead.",
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
  if (over && starts) throw new AppError("conflict", "Its lease has ended. Extend it first, then start it.");
}

/** The changes of what leaves components what they are. */
export async function changesOfOperation(
  context: EnvironmentContext,
  body: Exclude<SystemRequestBody, { kind: "create" | "update" | "destroy" | "extend" }>,
): Promise<PlanChange[]> {
  switch (body.kind) {
    case "stop":
      return componentChanges(context, "stop", "is stopped; its data stays");
    case "start":
      return componentChanges(context, "start", "is started again");
    case "restart":
      return componentChanges(context, "restart", "is restarted", body.component);
    case "repair":
      return await repairChanges(context, body.component);
    case "heal":
      if (body.how === "recover" || body.how === "restart")
        return componentChanges(context, body.how, body.reason, body.component);
      return await recreationChanges(context, body.component, { restores: body.how === "restore" });
    case "restore":
      await requireRestorePoint(context.row.id, body.backup);
      return componentChanges(
        context,
        "restore",
        "its data is replaced by the restore point's",
        undefined,
        true,
      );
    case "action": {
      const action = context.inputs.manifest.spec.actions.find((one) => one.name === body.action);
      if (!action) throw new AppError("validation_failed", `The template has no action "${body.action}".`);
      return componentChanges(context, "run", action.title, action.component);
    }
  }
}

/** A restore point that cannot be used is refused before anything is stopped for it. */
async function requireRestorePoint(environmentId: string, backupId: string): Promise<void> {
  const [backup] = await query<{ status: string }>(
    "SELECT status::text AS status FROM backup WHERE id = $1 AND environment_id = $2 AND status <> 'deleted'",
    [backupId, environmentId],
  );
  if (backup?.status === "succeeded") return;
  const message = backup
    ? `cannot be restored: it is ${backup.status}`
    : "is no restore point of this environment";
  throw new AppError("validation_failed", `The backup ${message}.`, {
    problems: [{ path: "backup", message }],
  });
}
