import { readReadiness } from "@/lib/features/readiness";
import { readinessSchema } from "@/lib/features/readiness/schema";
import { otherMethods, reply, route } from "@/lib/platform/http";

/** For load balancers and monitoring: every part by itself, within two seconds. */
export const GET = route({
  public: true,
  anonymous: true,
  summary: "Get readiness by component",
  description:
    "Returns 200 when ready or degraded. Returns 503 with the same body when not ready, or until the first " +
    "start is complete. Each check takes two seconds at most.",
  tags: ["Health"],
  response: readinessSchema,
  handler: async () => {
    const readiness = await readReadiness();
    const works = readiness.status === "ready" || readiness.status === "degraded";
    return works ? readiness : reply(503, readiness, { "retry-after": "5" });
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
