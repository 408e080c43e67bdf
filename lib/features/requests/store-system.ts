import { z } from "zod";
import { stepRows } from "@/lib/engine/run/postgres/joins";
import { type Db, pooled, rowOf, statements } from "@/lib/platform/db";
import { type Remedy, remedies } from "./schema";

/** What Rostrum itself asked for. */

/** Whether the system asked for such a change within the last hour. */
export async function wasAskedLately(
  environmentId: string,
  kind: "stop" | "destroy",
  db: Db = pooled,
): Promise<boolean> {
  const since = new Date(Date.now() - 3_600_000);
  const where = { environmentId, kind, origin: "system", createdAt: { gt: since } } as const;
  return (await db.prisma.request.findFirst({ where, select: { id: true } })) !== null;
}

/** Whether a destruction by the system failed while it made safety backups. */
export async function hasBackupStoppedDestruction(environmentId: string, db: Db = pooled): Promise<boolean> {
  const failed = statements
    .selectFrom("request as q")
    .innerJoin(stepRows.as("s"), "s.run_id", "q.run_id")
    .select("q.id")
    .where("q.environment_id", "=", environmentId)
    .where("q.kind", "=", "destroy")
    .where("q.origin", "=", "system")
    .where("q.status", "=", "failed")
    .where("s.action", "=", "backup")
    .where("s.status", "=", "failed")
    .limit(1);
  return (await rowOf(failed, db)) !== null;
}

/** An attempt to bring a component back. */
export interface Attempt {
  how: Remedy;
  at: Date;
}

const healSchema = z.object({ how: z.enum(remedies) });

/** What healing tried on a component within a time, oldest first. */
export async function listAttempts(
  environmentId: string,
  component: string,
  withinMs: number,
  db: Db = pooled,
): Promise<Attempt[]> {
  const rows = await db.prisma.request.findMany({
    where: {
      environmentId,
      kind: "heal",
      payload: { path: ["component"], equals: component },
      createdAt: { gt: new Date(Date.now() - withinMs) },
    },
    select: { payload: true, createdAt: true },
    orderBy: { createdAt: "asc" },
  });
  return rows.flatMap(({ payload, createdAt }) => {
    const heal = healSchema.safeParse(payload);
    return heal.success ? [{ how: heal.data.how, at: createdAt }] : [];
  });
}
