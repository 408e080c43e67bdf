import { listDrivers } from "@/lib/features/clouds";
import { driverListSchema } from "@/lib/features/clouds/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "List cloud drivers with the JSON Schema of their configuration",
  tags: ["Clouds"],
  permission: "cloud.read",
  response: driverListSchema,
  handler: async () => ({ items: await listDrivers() }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
