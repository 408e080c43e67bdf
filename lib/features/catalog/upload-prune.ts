import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { deleteUnneeded, lockUnneeded } from "./store-unneeded-uploads";

/** How long an upload waits for the request that names it. */
export const unusedUploadHours = 24;
const batchRows = 200;

/**
 * Removes uploads that no environment needs any more. Each is locked before its uses are counted, so a request that
 * names it in between either comes first and keeps it or finds it gone.
 * @returns how many were removed
 */
export async function pruneUploads(): Promise<number> {
  return await inTransaction(async (tx) => {
    const old = await lockUnneeded(tx, { hours: unusedUploadHours, limit: batchRows });
    if (old.length === 0) return 0;
    const ids = await deleteUnneeded(tx, old);
    if (ids.length === 0) return 0;
    await recordAudit(tx, {
      actor: systemActor("housekeeping"),
      action: "upload.delete",
      objectType: "upload",
      objectId: ids[0] ?? "",
      detail: { uploads: ids },
    });
    return ids.length;
  });
}
