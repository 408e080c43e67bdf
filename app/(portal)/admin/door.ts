import "server-only";
import { notFound } from "next/navigation";
import { canSomewhere, type Permission, type PersonActor } from "@/lib/platform/auth";
import { getViewer } from "../viewer";

/** The viewer, if they hold the permission somewhere; for everybody else the page does not exist. */
export async function viewerWith(permission: Permission): Promise<PersonActor> {
  const viewer = await getViewer();
  if (!canSomewhere(viewer, permission)) notFound();
  return viewer;
}
