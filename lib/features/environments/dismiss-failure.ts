import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { getEnvironmentRow } from "./context";

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
  await withSqlTransaction(async (client) => {
    const dismissed = await client.query<{ runId: string }>(
      `UPDATE environment e SET failed_run_id = NULL FROM environment before
       WHERE e.id = $1 AND before.id = e.id AND e.failed_run_id IS NOT NULL AND e.status IN ('running', 'stopped')
       RETURNING before.failed_run_id AS "runId"`,
      [environmentId],
    );
    const [failed] = dismissed.rows;
    if (!failed) {
      throw new AppError("conflict", "The environment has no failed change to dismiss.");
    }
    await publishEvent(client, `environment:${environmentId}`, "environment.updated", {});
    await recordAudit(client, {
      actor,
      action: "environment.dismiss-failure",
      objectType: "environment",
      objectId: environmentId,
      projectId: row.projectId,
      detail: { run: failed.runId },
    });
  });
}
