import { resetDemo, runSetup } from "@/lib/features/setup";
import { demoRemovalSchema } from "@/lib/features/setup/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  summary: "Reset demo data",
  description:
    "Removes the demo data and creates it again. Returns 409 and names them while things that aren’t demo data would be lost or change hands.",
  tags: ["Administration"],
  permission: "settings.manage",
  // The demo user who asks is gone when it answers, and so would be the record of the answer.
  neverStored: true,
  rateLimit: { points: 5, perSeconds: 60 },
  response: demoRemovalSchema,
  handler: ({ actor }) => resetDemo(actor, runSetup),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
