import { AppError } from "@/lib/kernel/errors";
import { formatBytes } from "@/lib/kernel/format";
import { type Actor, refused } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { lockUntilCommit, type Tx } from "@/lib/platform/db";
import { type StoredUploads, sumUploads } from "./store-uploads";

interface Target {
  projectId: string;
  userId: string;
  sizeBytes: number;
}

interface Stored {
  uploads: number;
  bytes: number;
}

/**
 * Refuses an upload that has no room, before its archive is read.
 * @throws AppError quota_exceeded, audited
 */
export async function requireRoom(actor: Actor, target: Target): Promise<void> {
  const error = lacking(await sumUploads(target), target);
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
  await lockUntilCommit(tx, `upload:${target.projectId}`);
  await lockUntilCommit(tx, `upload:${target.userId}`);
  const error = lacking(await sumUploads(target, tx), target);
  if (error) throw error;
}

function lacking(stored: StoredUploads, { sizeBytes }: Target): AppError | null {
  const { project, user } = getConfig().uploadRoom;
  const { inProject, projectBytes, byUser, userBytes } = stored;
  return (
    over("The project has", { uploads: inProject, bytes: projectBytes }, project, sizeBytes) ??
    over("You have", { uploads: byUser, bytes: userBytes }, user, sizeBytes)
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
