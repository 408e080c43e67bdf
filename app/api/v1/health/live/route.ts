import { z } from "zod";
import { otherMethods, route } from "@/lib/platform/http";

/** For what restarts a process that hangs: asks nothing but this process. */
export const GET = route({
  public: true,
  anonymous: true,
  summary: "Get liveness of the portal's process",
  tags: ["Health"],
  response: z.object({ status: z.literal("ok") }),
  handler: () => ({ status: "ok" }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
