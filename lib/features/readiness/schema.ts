import { z } from "zod";

const check = <const S extends [string, ...string[]]>(states: S) =>
  z.object({
    state: z.enum(states),
    detail: z.string().nullable().describe("The problem, in one sentence; null when there is none"),
  });

/** Answer of GET /api/v1/health/ready. */
export const readinessSchema = z.object({
  status: z
    .enum(["ready", "degraded", "setup", "not_ready"])
    .describe(
      "ready and degraded return 200. degraded: working, but at least one check fails. setup (503): no user can sign in yet, because the first start isn’t complete. not_ready (503): the database or all workers are unavailable",
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
