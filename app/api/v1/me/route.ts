import { getMe, updateProfile } from "@/lib/features/identity";
import { meDto, profileUpdate } from "@/lib/features/identity/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  authenticated: true,
  summary: "Get the current user",
  tags: ["Me"],
  response: meDto,
  handler: async ({ actor }) => await getMe(actor),
});

export const PATCH = route({
  authenticated: true,
  summary: "Update your name",
  tags: ["Me"],
  schemas: { body: profileUpdate },
  response: meDto,
  handler: async ({ actor, body }) => {
    await updateProfile(actor, body);
    return await getMe({ ...actor, name: body.name });
  },
});

export const { POST, PUT, DELETE } = otherMethods("GET", "PATCH");
