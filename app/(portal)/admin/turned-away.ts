import { type PersonActor, recordDenied } from "@/lib/platform/auth";
import type { AdminPath } from "../navigation";

/** Whoever asks for a screen of the administration that is not theirs is refused, and the audit knows of it. */
export async function recordTurnedAway(viewer: PersonActor, path: AdminPath): Promise<void> {
  await recordDenied(viewer, "page.open", { objectType: "page", objectId: path });
}
