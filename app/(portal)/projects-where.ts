import "server-only";
import { can, type Permission, type PersonActor } from "@/lib/platform/auth";

/** Of the projects of these rows, those in which the person has the permission: for the actions of a list's rows. */
export function projectsWhere(
  viewer: PersonActor,
  permission: Permission,
  rows: readonly { project: { id: string } }[],
): string[] {
  const ids = [...new Set(rows.map((row) => row.project.id))];
  return ids.filter((projectId) => can(viewer, permission, { projectId }));
}
