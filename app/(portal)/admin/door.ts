import "server-only";
import { forbidden } from "next/navigation";
import type { PersonActor } from "@/lib/platform/auth";
import { type AdminPath, adminDoors } from "../navigation";
import { getViewer } from "../viewer";
import { recordTurnedAway } from "./turned-away";

/** The viewer, if the page is one of theirs; everybody else is told which role it needs. */
export async function viewerFor(path: AdminPath): Promise<PersonActor> {
  const viewer = await getViewer();
  if (!adminDoors[path].allows(viewer)) {
    await recordTurnedAway(viewer, path);
    forbidden();
  }
  return viewer;
}
