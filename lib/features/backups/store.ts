import { jsonArrayFrom } from "kysely/helpers/postgres";
import { lockEnvironment } from "@/lib/features/environments";
import { environmentRows } from "@/lib/features/environments/joins";
import { originRows } from "@/lib/features/requests/joins";
import { userRows } from "@/lib/features/users/joins";
import { getPrisma, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import type { KeptBackup } from "./rules";
import { type BackupDto, type BackupKind, readKind } from "./schema";
import { backupStates } from "./states";

/** A backup and the project of its environment, which decides who sees it. */
export interface FoundBackup {
  projectId: string;
  backup: BackupDto;
}

const found = statements
  .selectFrom("backup as b")
  .innerJoin(environmentRows.as("e"), "e.id", "b.environment_id")
  .leftJoin(userRows.as("u"), "u.id", "b.created_by_id")
  .select(["b.id", "b.environment_id as environmentId", "e.project_id as projectId"])
  .select(["b.status", "b.note", "b.size_bytes as sizeBytes", "b.error", "u.name as createdBy"])
  .select(["b.created_at as createdAt", "b.finished_at as finishedAt"])
  .select((eb) => [
    "b.kind",
    jsonArrayFrom(
      eb
        .selectFrom("backup_part as p")
        .select(["p.component", "p.method", "p.sha256"])
        // In JSON it is a number.
        .select((part) => part.ref("p.size_bytes").$castTo<number>().as("sizeBytes"))
        .whereRef("p.backup_id", "=", "b.id")
        .orderBy("p.component"),
    ).as("parts"),
  ]);
type FoundRow = Awaited<ReturnType<typeof found.executeTakeFirstOrThrow>>;

function toFound({ projectId, ...row }: FoundRow): FoundBackup {
  const backup = {
    ...row,
    kind: readKind(row.kind),
    sizeBytes: Number(row.sizeBytes),
    createdBy: row.createdBy ?? "System",
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
  return { projectId, backup };
}

/** A backup, also a deleted one. */
export async function findBackup(backupId: string): Promise<FoundBackup | null> {
  const row = await rowOf(found.where("b.id", "=", backupId));
  return row && toFound(row);
}

/** The newest 200 backups of an environment, newest first, without deleted ones. */
export async function listBackupsOf(environmentId: string): Promise<BackupDto[]> {
  const rows = await rowsOf(
    found
      .where("b.environment_id", "=", environmentId)
      .where("b.status", "<>", "deleted")
      .orderBy("b.created_at", "desc")
      .limit(200),
  );
  return rows.map((row) => toFound(row).backup);
}

/** The status of a backup that an environment may be restored from: its own, or the one it was created from. */
export async function findUsableStatus(
  backupId: string,
  environmentId: string,
): Promise<BackupDto["status"] | null> {
  const row = await rowOf(
    statements
      .selectFrom("backup as b")
      .select("b.status")
      .where("b.id", "=", backupId)
      .where((eb) =>
        eb.or([
          eb("b.environment_id", "=", environmentId),
          eb.exists(
            eb
              .selectFrom(originRows.as("q"))
              .select("q.environment_id")
              .where("q.environment_id", "=", environmentId)
              .whereRef("q.backup_id", "=", "b.id"),
          ),
        ]),
      ),
  );
  return row?.status ?? null;
}

/**
 * The newest completed backup that holds something of a component; null when there is none. What was captured before a
 * restore is left out: it may be what was restored away from.
 */
export async function newestGoodBackup(
  environmentId: string,
  component: string,
): Promise<{ id: string; takenAt: string } | null> {
  const row = await getPrisma().backup.findFirst({
    where: {
      environmentId,
      status: "succeeded",
      kind: { not: "before-restore" },
      parts: { some: { component } },
    },
    select: { id: true, createdAt: true },
    orderBy: { createdAt: "desc" },
  });
  return row && { id: row.id, takenAt: row.createdAt.toISOString() };
}

/** Lets no other backup of an environment begin until the transaction ends. @returns whether one is being taken */
export async function lockForBackup(tx: Tx, environmentId: string): Promise<boolean> {
  await lockEnvironment(tx, environmentId);
  const where = { environmentId, status: "running" } as const;
  return (await tx.prisma.backup.findFirst({ where, select: { id: true } })) !== null;
}

export interface NewBackup {
  id: string;
  environmentId: string;
  kind: BackupKind;
  note: string;
  templateVersion: string;
  createdById: string | null;
}

/** A backup that is still to be taken. When it was asked for is the database's time: the tick and leases compare with it. */
export async function insertBackup(tx: Tx, backup: NewBackup): Promise<void> {
  const { id, environmentId, kind, note, templateVersion, createdById } = backup;
  await writtenBy(
    statements.insertInto("backup").values({
      ...{ id, kind, note },
      environment_id: environmentId,
      template_version: templateVersion,
      created_by_id: createdById,
    }),
    tx,
  );
}

/** Every file of it was found whole. */
export async function recordVerified(backupId: string): Promise<void> {
  await getPrisma().backup.updateMany({ where: { id: backupId }, data: { verifiedAt: new Date() } });
}

/** Marks a backup as deleted unless it is being taken. @returns whether it was one to delete */
export async function markDeleted(tx: Tx, backupId: string): Promise<boolean> {
  const marked = await writtenBy(
    statements
      .updateTable("backup")
      .set({ status: "deleted" })
      .where("id", "=", backupId)
      .where("status", "in", backupStates.before("deleted")),
    tx,
  );
  return marked === 1;
}

/** The files of a deleted backup are gone. */
export async function recordFilesRemoved(backupId: string): Promise<void> {
  await getPrisma().backup.updateMany({ where: { id: backupId }, data: { deletedAt: new Date() } });
}

/** Up to 200 deleted backups that still have files. */
export async function listWithFilesLeft(): Promise<{ id: string; environmentId: string }[]> {
  return await getPrisma().backup.findMany({
    where: { status: "deleted", deletedAt: null },
    select: { id: true, environmentId: true },
    take: 200,
  });
}

/** The completed backups of an environment, for retention to choose from. */
export async function listKept(environmentId: string): Promise<KeptBackup[]> {
  const kept = await getPrisma().backup.findMany({
    where: { environmentId, status: "succeeded" },
    select: { id: true, kind: true, createdAt: true, expiresAt: true },
  });
  return kept.map(({ kind, ...row }) => ({ ...row, kind: readKind(kind) }));
}
