import { createUser, listUsers } from "@/lib/features/users";
import { userCreate, userDto, userFilter } from "@/lib/features/users/schema";
import { created, listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

export const GET = route({
  permission: "user.read",
  summary: "List users",
  tags: ["Users"],
  schemas: { query: pageQuery.extend(userFilter.shape) },
  response: listResponse(userDto),
  handler: async ({ actor, query }) => await listUsers(actor, query),
});

export const POST = route({
  permission: "user.manage",
  summary: "Create a user",
  tags: ["Users"],
  status: 201,
  schemas: { body: userCreate },
  response: userDto,
  handler: async ({ actor, body }) => {
    const user = await createUser(actor, body);
    return created(user, `/api/v1/users/${user.id}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
