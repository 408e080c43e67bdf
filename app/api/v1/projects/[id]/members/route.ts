import { z } from "zod";
import { addMember, listMembers } from "@/lib/features/projects";
import { memberAdd, memberDto } from "@/lib/features/projects/schema";
import { created, listResponse, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60).describe("ID or slug") });

export const GET = route({
  permission: "project.read",
  summary: "List a project's members",
  tags: ["Projects"],
  schemas: { params },
  response: listResponse(memberDto),
  handler: async ({ actor, params: { id } }) => ({ items: await listMembers(actor, id), nextCursor: null }),
});

export const POST = route({
  permission: "member.manage",
  summary: "Add a member",
  tags: ["Projects"],
  status: 201,
  schemas: { params, body: memberAdd },
  response: memberDto,
  handler: async ({ actor, params: { id }, body }) => created(await addMember(actor, id, body)),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
