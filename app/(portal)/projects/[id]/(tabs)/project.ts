import "server-only";
import { cache } from "react";
import { getProject } from "@/lib/features/projects";
import { can, type Permission } from "@/lib/platform/auth";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

/** The project of the URL for the person who looks; the frame and the tab ask for it together. */
export const readProject = cache(async (id: string) => {
  const viewer = await getViewer();
  const project = await orNotFound(getProject(viewer, id));
  const may = (permission: Permission) => can(viewer, permission, { projectId: project.id });
  return { viewer, project, may };
});

/** What every tab gets. */
export interface ProjectTabProps {
  params: Promise<{ id: string }>;
}
