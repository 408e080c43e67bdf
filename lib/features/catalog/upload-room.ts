import { AppError } from "@/lib/kernel/errors";
import { formatBytes } from "@/lib/kernel/format";
import { type Actor, refused } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { query, type Tx } from "@/lib/platform/db";

interface Target {
  projectId: string;
  userId: string;
  sizeBytes: number;
}

interface Stored {
  uploads: number;
  bytes: number;
}

interface StoredRow {
  in_project: number;
  project_bytes: number;
  by_user: number;
  user_bytes: number;
}

const stored = `SELECT count(*) FILTER (WHERE project_id = $1)::int AS in_project,
    coalesce(sum(size_bytes) FILTER (WHERE project_id = $1), 0)::float8 AS project_bytes,
    count(*) FILTER (WHERE owner_id = $2)::int AS by_user,
    coalesce(sum(size_bytes) FILTER (WHERE owner_id = $2), 0)::float8 AS user_bytes
  FROM upload WHERE project_id = $1 OR owner_id = $2`;

/**
 * Refuses an upload that has no room, before its archive is read.
 * @throws AppError quota_exceeded, audited
 */
export async function requireRoom(actor: Actor, target: Target): Promise<void> {
  const [row] = await query<StoredRow>(stored, [target.projectId, target.userId]);
  const error = row && lacking(row, target);
  if (!error) return;
  const { projectId } = target;
  throw await refused(
    actor,
    "upload.create",
    { projectId, objectType: "project", objectId: projectId },
    error,
  );
}

/**
 * The same in the transaction that stores it, with the project and the user locked until its end: two uploads at once
 * never both take the last room.
 * @throws AppError quota_exceeded
 */
export async function takeRoom(tx: Tx, target: Target): Promise<void> {
  // Always the project first, so that two uploads never wait for each other.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`upload:${target.projectId}`}, 0))`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`upload:${target.userId}`}, 0))`;
  const [row] = await tx.$queryRawUnsafe<StoredRow[]>(stored, target.projectId, target.userId);
  const error = row && lacking(row, target);
  if (error) throw error;
}

function lacking(row: StoredRow, { sizeBytes }: Target): AppError | null {
  const { project, user } = getConfig().uploadRoom;
  return (
    over("The project has", { uploads: row.in_project, bytes: row.project_bytes }, project, sizeBytes) ??
    over("You have", { uploads: row.by_user, bytes: row.user_bytes }, user, sizeBytes)
  );
}

function over(who: string, now: Stored, room: Stored, sizeBytes: number): AppError | null {
  const what =
    now.uploads + 1 > room.uploads
      ? `${now.uploads} of ${room.uploads} uploads`
      : now.bytes + sizeBytes > room.bytes
        ? `uploads of ${formatBytes(now.bytes)}. The limit is ${formatBytes(room.bytes)}`
        : null;
  if (what === null) return null;
  const help = "Unused uploads are deleted after 24 hours, used ones with their environments.";
  return new AppError("quota_exceeded", `${who} ${what}. ${help}`);
}
