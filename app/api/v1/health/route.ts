import { z } from "zod";
import { findMissingFamilies } from "@/lib/features/readiness";
import { AppError } from "@/lib/kernel/errors";
import { Probe } from "@/lib/kernel/probe";
import { workerFamilies } from "@/lib/platform/config";
import { otherMethods, route } from "@/lib/platform/http";
import { readDiskRoom } from "@/lib/platform/storage";

const response = z.object({
  status: z.enum(["ok", "degraded"]).describe("Degraded: it answers, but some work is not being done"),
  database: z.literal("ok"),
  workers: z.number().int().describe("Worker processes heard of within 30 s"),
  missing: z.array(z.enum(workerFamilies)).describe("Families of work that no living worker does"),
  reasons: z.array(z.string()).describe("Why it is degraded, one sentence each"),
});

const living = new Probe(findMissingFamilies, 2_000);

/** For load balancers and the launcher: cheap, open, honest about the database, and never longer than two seconds. */
export const GET = route({
  public: true,
  anonymous: true,
  summary: "Whether the portal and its database answer",
  description: "See also /api/v1/health/live (this process alone) and /api/v1/health/ready (every part).",
  tags: ["Health"],
  response,
  handler: async () => {
    const [workers, disk] = await Promise.all([
      living.answer().catch((cause: unknown) => {
        const detail = { retryAfterSeconds: 2 };
        throw new AppError("unavailable", "The database does not answer.", { cause, detail });
      }),
      readDiskRoom().catch(() => null),
    ]);
    const { processes, missing } = workers;
    const reasons = [
      ...(missing.length > 0 ? [`No worker does: ${missing.join(", ")}.`] : []),
      ...(disk?.low ? ["The disk is almost full: nothing new is provisioned."] : []),
    ];
    const status = reasons.length === 0 ? "ok" : "degraded";
    return { status, database: "ok", workers: processes, missing, reasons };
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
