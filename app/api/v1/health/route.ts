import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { workerFamilies } from "@/lib/platform/config";
import { query } from "@/lib/platform/db";
import { otherMethods, route } from "@/lib/platform/http";

const response = z.object({
  status: z.enum(["ok", "degraded"]).describe("Degraded: it answers, but some work is not being done"),
  database: z.literal("ok"),
  workers: z.number().int().describe("Worker processes heard of within 30 s"),
  missing: z.array(z.enum(workerFamilies)).describe("Families of work that no living worker does"),
});

/** For load balancers and the launcher: cheap, open, and honest about the database. */
export const GET = route({
  public: true,
  summary: "Whether the portal and its database answer",
  tags: ["Health"],
  response,
  handler: async () => {
    try {
      const living = await query<{ families: string[] }>(
        "SELECT families FROM worker_instance WHERE heartbeat_at > now() - interval '30 seconds'",
      );
      const served = new Set(living.flatMap((worker) => worker.families));
      const missing = workerFamilies.filter((family) => !served.has(family));
      const status = missing.length === 0 ? "ok" : "degraded";
      return { status, database: "ok", workers: living.length, missing };
    } catch (error) {
      throw new AppError("unavailable", "The database does not answer.", { cause: error });
    }
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
