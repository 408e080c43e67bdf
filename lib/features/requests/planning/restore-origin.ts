import type { PlanChange } from "@/lib/engine/plan";
import { findBackupIn } from "@/lib/features/backups";
import { loadVersion } from "@/lib/features/catalog";
import { loadEnvironment } from "@/lib/features/environments";
import type { ProjectLimits } from "@/lib/features/projects";
import { AppError } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import type { CreateBody } from "../schema";

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
  project: ProjectLimits,
  body: CreateBody,
): Promise<RestoreOrigin> {
  requirePermission(actor, "backup.restore", {
    projectId: project.id,
    what: "The project",
    objectType: "project",
    objectId: project.id,
  });
  const backup = await findBackupIn(project.id, body.backup ?? "");
  if (!backup) throw refusal("backup", "isn’t a backup of this project");
  if (backup.status !== "succeeded") {
    throw refusal("backup", `can’t be restored because its status is ${backup.status}`);
  }
  const { inputs, row } = await loadEnvironment(backup.environmentId);
  const version = await loadVersion(row.templateVersionId);
  // A backup from before an upgrade is of the version it was made under.
  const wanted = backup.version || version.version;
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
