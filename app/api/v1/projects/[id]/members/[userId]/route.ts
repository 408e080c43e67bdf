import { z } from "zod";
import { removeMember, setMemberRole } from "@/lib/features/projects";
import { memberUpdate } from "@/lib/features/projects/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60), userId: z.string().min(1).max(60) });

export const PATCH = route({
  permission: "member.manage",
  summary: "Change a member's role",
  tags: ["Projects"],
  status: 204,
  schemas: { params, body: memberUpdate },
  handler: async ({ actor, params: { id, userId }, body }) => {
    await setMemberRole(actor, id, userId, body.role);
    return noContent();
  },
});

export const DELETE = route({
  permission: "member.manage",
  summary: "Remove a member",
  tags: ["Projects"],
  status: 204,
  schemas: { params },
  handler: async ({ actor, params: { id, userId } }) => {
    await removeMember(actor, id, userId);
    return noContent();
  },
});

export const { GET, POST, PUT } = otherMethods("PATCH", "DELETE");
