import { type ImplementationKind, implementationKinds } from "@/lib/clouds/contract";
import { type EnvironmentContext, getEnvironmentRow, loadEnvironment } from "@/lib/features/environments";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { backupOf } from "./components";
import { mergeKeep, nextBackupAt } from "./rules";
import type { BackupDto, ProtectionDto } from "./schema";
import { findBackup, listBackupsOf } from "./store";

/** Backups of an environment, newest first, without deleted ones. @throws AppError not_found */
export async function listBackups(actor: Actor, environmentId: string): Promise<BackupDto[]> {
  const environment = await getEnvironmentRow(environmentId);
  requireReadOf(actor, environment.projectId, environmentId);
  return await listBackupsOf(environmentId);
}

/** One backup. @throws AppError not_found */
export async function getBackup(actor: Actor, backupId: string): Promise<BackupDto> {
  const found = await findBackup(backupId);
  if (!found) throw notFound("The backup");
  requirePermission(actor, "backup.read", {
    projectId: found.projectId,
    what: "The backup",
    objectType: "backup",
    objectId: backupId,
  });
  return found.backup;
}

/** What of an environment is backed up, how long it is kept and when the next one is due. */
export async function getProtection(actor: Actor, environmentId: string): Promise<ProtectionDto> {
  const context = await loadEnvironment(environmentId);
  requireReadOf(actor, context.row.projectId, environmentId);
  const components = protectedComponents(context).flatMap((one) => {
    const backup = backupOf(context.inputs.manifest, one.component, one.kind);
    if (!backup) return [];
    const keep = Object.fromEntries(
      Object.entries(mergeKeep([backup.keep])).filter(([, count]) => (count ?? 0) > 0),
    );
    return [
      { component: one.component, schedule: backup.schedule ?? null, keep: keep as Record<string, number> },
    ];
  });
  const due = components.flatMap((one) => {
    const next = one.schedule ? nextBackupAt(one.schedule, new Date()) : null;
    return next ? [next.getTime()] : [];
  });
  return { components, nextAt: due.length > 0 ? new Date(Math.min(...due)).toISOString() : null };
}

/** What exists; before anything does, what the template will make. */
function protectedComponents({
  inputs,
  existing,
  row,
}: EnvironmentContext): { component: string; kind: ImplementationKind }[] {
  if (existing.size > 0 || row.status === "destroyed") return [...existing.values()];
  return Object.entries(inputs.manifest.spec.components).flatMap(([component, definition]) => {
    const kind = row.placement[component]?.kind ?? implementationKinds.find((one) => definition[one]);
    return kind ? [{ component, kind }] : [];
  });
}

/** What was asked for by the environment's id is refused in its name, as if there were no such environment. */
function requireReadOf(actor: Actor, projectId: string, environmentId: string): void {
  requirePermission(actor, "backup.read", {
    projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
}
