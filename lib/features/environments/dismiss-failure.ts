import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { getEnvironmentRow } from "./context";
import { clearFailedChange } from "./store";

/**
 * Takes the notice of a failed change from an environment that runs or is stopped. The run stays as it is and can still
 * be resumed.
 * @throws AppError not_found, forbidden; conflict when there is none, or the environment itself failed
 */
export async function dismissFailedChange(actor: Actor, environmentId: string): Promise<void> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(actor, "environment.request", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  await inTransaction(async (tx) => {
    const runId = await clearFailedChange(tx, environmentId);
    if (runId === null) {
      throw new AppError("conflict", "The environment has no failed change to dismiss.");
    }
    await publishEvent(tx, `environment:${environmentId}`, "environment.updated", {});
    await recordAudit(tx, {
      actor,
      action: "environment.dismiss-failure",
      objectType: "environment",
      objectId: environmentId,
      projectId: row.projectId,
      detail: { run: runId },
    });
  });
}
