import { z } from "zod";

const check = <const S extends [string, ...string[]]>(states: S) =>
  z.object({
    state: z.enum(states),
    detail: z.string().nullable().describe("What is wrong, in one sentence; null when nothing is"),
  });

/** Answer of GET /api/v1/health/ready. */
export const readinessSchema = z.object({
  status: z
    .enum(["ready", "degraded", "setup", "not_ready"])
    .describe(
      "ready and degraded answer 200. degraded: it works, but something is missing. setup (503): no user can sign in yet, because the first start is not done. not_ready (503): the database or all workers are away",
    ),
  checks: z.object({
    database: check(["ok", "down"]),
    setup: check(["ok", "needed", "unknown"]),
    workers: check(["ok", "some_missing", "down", "unknown"]),
    queue: check(["ok", "down"]),
    disk: check(["ok", "low", "unknown"]),
  }),
});
export type Readiness = z.output<typeof readinessSchema>;
