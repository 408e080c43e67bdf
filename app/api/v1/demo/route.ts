import { removeDemo } from "@/lib/features/setup";
import { demoRemovalSchema } from "@/lib/features/setup/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const DELETE = route({
  summary: "Remove the demo organisation",
  description: "Simulated environments, their history and costs, demo people and projects. Real ones stay.",
  tags: ["Administration"],
  permission: "settings.manage",
  response: demoRemovalSchema,
  handler: ({ actor }) => removeDemo(actor),
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
