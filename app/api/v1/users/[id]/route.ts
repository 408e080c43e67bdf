import { z } from "zod";
import { getUser, updateUser } from "@/lib/features/users";
import { userDto, userUpdate } from "@/lib/features/users/schema";
import { otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60) });

export const GET = route({
  permission: "user.read",
  summary: "Get a user",
  tags: ["Users"],
  schemas: { params },
  response: userDto,
  handler: async ({ actor, params: { id } }) => await getUser(actor, id),
});

/** Disabling ends all sessions and tokens at once; a new password ends all sessions. */
export const PATCH = route({
  permission: "user.manage",
  summary: "Update, disable or enable a user",
  tags: ["Users"],
  schemas: { params, body: userUpdate },
  response: userDto,
  handler: async ({ actor, params: { id }, body }) => await updateUser(actor, id, body),
});

export const { POST, PUT, DELETE } = otherMethods("GET", "PATCH");
