import "server-only";
import { notFound } from "next/navigation";
import type { PersonActor } from "@/lib/platform/auth";
import { type AdminPath, adminDoors } from "../navigation";
import { getViewer } from "../viewer";

/** The viewer, if the screen is one of theirs; for everybody else the page does not exist. */
export async function viewerFor(path: AdminPath): Promise<PersonActor> {
  const viewer = await getViewer();
  if (!adminDoors[path](viewer)) notFound();
  return viewer;
}
