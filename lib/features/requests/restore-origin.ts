import type { PlanChange } from "@/lib/engine/plan";
import { loadVersion } from "@/lib/features/catalog";
import { loadEnvironment } from "@/lib/features/environments";
import { AppError } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { ProjectRow } from "./project";
import type { CreateBody } from "./schema";

/** The backup that a new environment begins with, and the environment it is of. */
export interface RestoreOrigin {
  backupId: string;
  environmentId: string;
  version: string;
  /** What that environment was set to, secret values included; the request's own go before. */
  parameters: Record<string, unknown>;
  /** Components that the backup holds data of. */
  components: ReadonlySet<string>;
}

/**
 * The backup named by a request for a new environment: a good one, of the same project, template and version.
 * @throws AppError validation_failed, forbidden
 */
export async function findRestoreOrigin(
  actor: Actor,
  project: ProjectRow,
  body: CreateBody,
): Promise<RestoreOrigin> {
  requirePermission(actor, "backup.restore", {
    projectId: project.id,
    what: "The project",
    objectType: "project",
    objectId: project.id,
  });
  const [backup] = await query<{
    environmentId: string;
    status: string;
    template: string;
    components: string[];
  }>(
    `SELECT b.environment_id AS "environmentId", b.status::text AS status, b.template_version AS template,
       ARRAY(SELECT DISTINCT p.component FROM backup_part p WHERE p.backup_id = b.id) AS components
     FROM backup b JOIN environment e ON e.id = b.environment_id
     WHERE b.id = $1 AND b.status <> 'deleted' AND e.project_id = $2`,
    [body.backup, project.id],
  );
  if (!backup) throw refusal("backup", "isn’t a backup of this project");
  if (backup.status !== "succeeded") {
    throw refusal("backup", `can’t be restored because its status is ${backup.status}`);
  }
  const { inputs, row } = await loadEnvironment(backup.environmentId);
  const version = await loadVersion(row.templateVersionId);
  // A backup from before an upgrade is of the version it was made under.
  const wanted = backup.template || version.version;
  if (version.name !== body.template && version.templateId !== body.template)
    throw refusal("template", `doesn’t match the backup, which is from ${version.name}`);
  if (body.version && body.version !== wanted)
    throw refusal("version", `doesn’t match the backup, which is from ${wanted}`);
  return {
    backupId: body.backup ?? "",
    environmentId: backup.environmentId,
    version: wanted,
    parameters: inputs.parameters,
    components: new Set(backup.components),
  };
}

function refusal(path: string, message: string): AppError {
  return new AppError("validation_failed", `The ${path} ${message}.`, { problems: [{ path, message }] });
}

/** Creations whose data comes from the backup; the others begin empty. */
export function restoringFrom(origin: RestoreOrigin, changes: readonly PlanChange[]): PlanChange[] {
  return changes.map((change) =>
    change.action === "create" && origin.components.has(change.component)
      ? { ...change, restores: origin.backupId, reason: "created with the data of the backup" }
      : change,
  );
}
