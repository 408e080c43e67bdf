import { requireDiskRoom } from "@/lib/platform/storage";
import type { SystemRequestBody } from "./schema";

const needRoom: ReadonlySet<SystemRequestBody["kind"]> = new Set(["create", "update", "restore", "action"]);

/**
 * Refuses kinds that write much while the disk is almost full; what frees space or brings something back goes on.
 * @throws AppError insufficient_storage
 */
export async function requireRoomFor(kind: SystemRequestBody["kind"]): Promise<void> {
  if (needRoom.has(kind)) await requireDiskRoom("This request");
}
