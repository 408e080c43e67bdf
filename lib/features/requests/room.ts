import { requireDiskRoom } from "@/lib/platform/storage";
import { operationOf } from "./operations";
import type { SystemRequestBody } from "./schema";

/**
 * Refuses kinds that write much while the disk is almost full; what frees space or brings something back continues.
 * @throws AppError insufficient_storage
 */
export async function requireRoomFor(kind: SystemRequestBody["kind"]): Promise<void> {
  if (operationOf(kind).needs.diskRoom) await requireDiskRoom("This request");
}
