import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { otherMethods, route } from "@/lib/platform/http";

const response = z.object({
  status: z.literal("ok"),
  database: z.literal("ok"),
  workers: z.number().int().describe("Worker processes heard of within 30 s"),
});

/** For load balancers and the launcher: cheap, open, and honest about the database. */
export const GET = route({
  public: true,
  summary: "Whether the portal and its database answer",
  tags: ["Health"],
  response,
  handler: async () => {
    try {
      const [row] = await query<{ workers: number }>(
        "SELECT count(*)::int AS workers FROM worker_instance WHERE heartbeat_at > now() - interval '30 seconds'",
      );
      return { status: "ok", database: "ok", workers: row?.workers ?? 0 };
    } catch (error) {
      throw new AppError("unavailable", "The database does not answer.", { cause: error });
    }
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
