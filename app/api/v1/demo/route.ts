import { removeDemo } from "@/lib/features/setup";
import { demoRemovalSchema } from "@/lib/features/setup/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const DELETE = route({
  summary: "Remove demo data",
  description:
    "Deletes simulated environments with their history and costs, demo users and demo projects. Real ones are kept.",
  tags: ["Administration"],
  permission: "settings.manage",
  // A demo user who asks is gone when it answers, and so would be the record of the answer.
  neverStored: true,
  response: demoRemovalSchema,
  handler: ({ actor }) => removeDemo(actor),
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
