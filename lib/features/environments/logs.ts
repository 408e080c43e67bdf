import type { LogLine } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { AppError, notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { getEnvironmentRow } from "./context";

/**
 * Log lines of one component, live when `follow` is set; ends when the signal aborts.
 * @throws AppError not_found, or conflict when the cloud has no logs
 */
export async function componentLogs(
  actor: Actor,
  environmentId: string,
  component: string,
  options: { tailLines: number; follow: boolean; signal: AbortSignal },
): Promise<AsyncIterable<LogLine>> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(actor, "environment.read", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const [resource] = await query<{ cloudId: string }>(
    `SELECT cloud_id AS "cloudId" FROM resource WHERE environment_id = $1 AND component = $2`,
    [environmentId, component],
  );
  if (!resource) throw notFound("The component");
  const connection = await connectionFor(resource.cloudId);
  if (!connection.logs) throw new AppError("conflict", "This cloud keeps no logs.");
  return connection.logs({ environmentId, environmentName: row.name, component }, options);
}
