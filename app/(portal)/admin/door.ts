import "server-only";
import { notFound } from "next/navigation";
import type { PersonActor } from "@/lib/platform/auth";
import { type AdminPath, adminDoors } from "../navigation";
import { getViewer } from "../viewer";
import { recordTurnedAway } from "./turned-away";

/** The viewer, if the screen is one of theirs; for everybody else the page does not exist. */
export async function viewerFor(path: AdminPath): Promise<PersonActor> {
  const viewer = await getViewer();
  if (!adminDoors[path](viewer)) {
    await recordTurnedAway(viewer, path);
    notFound();
  }
  return viewer;
}
