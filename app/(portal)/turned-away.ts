import { type PersonActor, recordDenied } from "@/lib/platform/auth";
import type { DoorPath } from "./navigation";

/** A user who asks for a page that is not theirs is refused, and the audit log has it. */
export async function recordTurnedAway(viewer: PersonActor, path: DoorPath): Promise<void> {
  await recordDenied(viewer, "page.open", { objectType: "page", objectId: path });
}
