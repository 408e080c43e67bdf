import { implementationKinds } from "@/lib/clouds/contract";
import { type EnvironmentContext, getEnvironmentRow, loadEnvironment } from "@/lib/features/environments";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { backupOf } from "./components";
import { mergeKeep, nextBackupAt } from "./rules";
import type { BackupDto, ProtectionDto } from "./schema";

interface Row extends Omit<BackupDto, "sizeBytes" | "createdAt" | "finishedAt" | "createdBy"> {
  projectId: string;
  sizeBytes: bigint;
  createdBy: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

const select = `
  SELECT b.id, b.environment_id AS "environmentId", e.project_id AS "projectId", b.kind, b.status::text AS status, b.note,
    b.size_bytes AS "sizeBytes", b.error, u.name AS "createdBy", b.created_at AS "createdAt",
    b.finished_at AS "finishedAt",
    coalesce((SELECT json_agg(json_build_object('component', p.component, 'method', p.method,
      'sizeBytes', p.size_bytes, 'sha256', p.sha256) ORDER BY p.component) FROM backup_part p
      WHERE p.backup_id = b.id), '[]') AS parts
  FROM backup b JOIN environment e ON e.id = b.environment_id LEFT JOIN app_user u ON u.id = b.created_by_id`;

/** Backups of an environment, newest first, without deleted ones. @throws AppError not_found */
export async function listBackups(actor: Actor, environmentId: string): Promise<BackupDto[]> {
  const environment = await getEnvironmentRow(environmentId);
  requireReadOf(actor, environment.projectId, environmentId);
  const rows = await query<Row>(
    `${select} WHERE b.environment_id = $1 AND b.status <> 'deleted' ORDER BY b.created_at DESC LIMIT 200`,
    [environmentId],
  );
  return rows.map(toDto);
}

/** One backup. @throws AppError not_found */
export async function getBackup(actor: Actor, backupId: string): Promise<BackupDto> {
  const [row] = await query<Row>(`${select} WHERE b.id = $1`, [backupId]);
  if (!row) throw notFound("The backup");
  requirePermission(actor, "backup.read", {
    projectId: row.projectId,
    what: "The backup",
    objectType: "backup",
    objectId: backupId,
  });
  return toDto(row);
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
}: EnvironmentContext): { component: string; kind: string }[] {
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

function toDto({ projectId: _, ...row }: Row): BackupDto {
  return {
    ...row,
    sizeBytes: Number(row.sizeBytes),
    createdBy: row.createdBy ?? "System",
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
