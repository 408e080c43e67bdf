import { z } from "zod";
import { created, type RouteHandler, route } from "@/lib/platform/http";

/** A route that answers what it was sent, and counts how often it did. */
export function echoRoute(): { echo: RouteHandler; calls(): number; forget(): void } {
  let calls = 0;
  const echo = route({
    authenticated: true,
    summary: "Echo",
    tags: ["Test"],
    schemas: { body: z.object({ name: z.string().min(2), size: z.number().int().optional() }) },
    handler: async ({ body }) => {
      calls += 1;
      return created({ ...body, call: calls });
    },
  });
  return {
    echo,
    calls: () => calls,
    forget: () => {
      calls = 0;
    },
  };
}
