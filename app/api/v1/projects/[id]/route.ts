import { z } from "zod";
import { getProject, updateProject } from "@/lib/features/projects";
import { projectDto, projectUpdate } from "@/lib/features/projects/schema";
import { otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60).describe("ID or slug") });

export const GET = route({
  permission: "project.read",
  summary: "Get a project",
  tags: ["Projects"],
  schemas: { params },
  response: projectDto,
  handler: async ({ actor, params: { id } }) => await getProject(actor, id),
});

export const PATCH = route({
  permission: "project.manage",
  summary: "Update a project's name, limits or state",
  tags: ["Projects"],
  schemas: { params, body: projectUpdate },
  response: projectDto,
  handler: async ({ actor, params: { id }, body }) => await updateProject(actor, id, body),
});

export const { POST, PUT, DELETE } = otherMethods("GET", "PATCH");
