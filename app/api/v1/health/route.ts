import { z } from "zod";
import { findMissingFamilies } from "@/lib/features/readiness";
import { AppError } from "@/lib/kernel/errors";
import { Probe } from "@/lib/kernel/probe";
import { workerFamilies } from "@/lib/platform/config";
import { otherMethods, route } from "@/lib/platform/http";
import { readDiskRoom } from "@/lib/platform/storage";

const response = z.object({
  status: z
    .enum(["ok", "degraded"])
    .describe("degraded: serving requests, but `reasons` lists what is missing"),
  database: z.literal("ok"),
  workers: z.number().int().describe("Workers with a heartbeat in the last 30 seconds"),
  missing: z.array(z.enum(workerFamilies)).describe("Worker roles with no online worker"),
  reasons: z.array(z.string()).describe("Why the status is degraded, one sentence each"),
});

const living = new Probe(findMissingFamilies, 2_000);

/** For load balancers and the launcher: cheap, open, honest about the database, and never longer than two seconds. */
export const GET = route({
  public: true,
  anonymous: true,
  summary: "Get service health",
  description: "See also /api/v1/health/live (this process only) and /api/v1/health/ready (each component).",
  tags: ["Health"],
  response,
  handler: async () => {
    const [workers, disk] = await Promise.all([
      living.answer().catch((cause: unknown) => {
        const detail = { retryAfterSeconds: 2 };
        throw new AppError("unavailable", "The database is unavailable.", { cause, detail });
      }),
      readDiskRoom().catch(() => null),
    ]);
    const { processes, missing } = workers;
    const reasons = [
      ...(missing.length > 0 ? [`No online worker for: ${missing.join(", ")}.`] : []),
      ...(disk?.low ? ["The disk is almost full: nothing new is provisioned."] : []),
    ];
    const status = reasons.length === 0 ? "ok" : "degraded";
    return { status, database: "ok", workers: processes, missing, reasons };
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
