import { getPreferences, updatePreferences } from "@/lib/features/notifications";
import { preferencesDto, preferencesUpdate } from "@/lib/features/notifications/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  authenticated: true,
  summary: "Get your notification preferences",
  tags: ["Me"],
  response: preferencesDto,
  handler: async ({ actor }) => await getPreferences(actor),
});

export const PATCH = route({
  authenticated: true,
  summary: "Update your notification preferences",
  tags: ["Me"],
  schemas: { body: preferencesUpdate },
  response: preferencesDto,
  handler: async ({ actor, body }) => await updatePreferences(actor, body),
});

export const { POST, PUT, DELETE } = otherMethods("GET", "PATCH");
