import "server-only";
import { forbidden } from "next/navigation";
import type { PersonActor } from "@/lib/platform/auth";
import { type DoorPath, doors } from "./navigation";
import { recordTurnedAway } from "./turned-away";
import { getViewer } from "./viewer";

/** The viewer, if the page is one of theirs; everybody else is told which role it needs. */
export async function viewerFor(path: DoorPath): Promise<PersonActor> {
  const viewer = await getViewer();
  if (!doors[path].allows(viewer)) {
    await recordTurnedAway(viewer, path);
    forbidden();
  }
  return viewer;
}
