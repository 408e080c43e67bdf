import { createProject, listProjects } from "@/lib/features/projects";
import { projectCreate, projectDto, projectFilter } from "@/lib/features/projects/schema";
import { created, listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

/** Only the projects the caller may see. */
export const GET = route({
  permission: "project.read",
  summary: "List projects",
  tags: ["Projects"],
  schemas: { query: pageQuery.extend(projectFilter.shape) },
  response: listResponse(projectDto),
  handler: async ({ actor, query }) => await listProjects(actor, query),
});

export const POST = route({
  permission: "project.manage",
  summary: "Create a project",
  tags: ["Projects"],
  status: 201,
  schemas: { body: projectCreate },
  response: projectDto,
  handler: async ({ actor, body }) => {
    const project = await createProject(actor, body);
    return created(project, `/api/v1/projects/${project.id}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
