import "server-only";
import { can, type PersonActor } from "@/lib/platform/auth";

/** Of the projects of these rows, those in which the person may request changes. */
export function changeableProjects(
  viewer: PersonActor,
  rows: readonly { project: { id: string } }[],
): string[] {
  const ids = [...new Set(rows.map((row) => row.project.id))];
  return ids.filter((projectId) => can(viewer, "environment.request", { projectId }));
}
