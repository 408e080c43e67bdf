import { hostname } from "node:os";
import { sql } from "kysely";
import { type Db, getPrisma, now, pooled, rowsOf, statements, writtenBy } from "@/lib/platform/db";
import { type ReplacedProcess, replacedSchema } from "./schema";

export interface WorkerRow {
  id: string;
  families: string[];
  host: string;
  pid: number;
  version: string;
  startedAt: Date;
  heartbeatAt: Date;
  memoryBytes: number | null;
  replaces: ReplacedProcess | null;
  heartbeatAgeSeconds: number;
  alive: boolean;
}

const isAlive = sql<boolean>`heartbeat_at > now() - interval '30 seconds'`;

/** By host and start, 500 at most, or the newest 200. */
export type WorkerOrder = "host" | "newest";

/** Worker processes, the living first. */
export async function listWorkerRows(order: WorkerOrder, db: Db = pooled): Promise<WorkerRow[]> {
  const workers = statements
    .selectFrom("worker_instance")
    .select((eb) => [
      "id",
      "families",
      "host",
      "pid",
      "version",
      "started_at as startedAt",
      "heartbeat_at as heartbeatAt",
      sql<number | null>`(${eb.ref("detail")}->>'rssBytes')::float8`.as("memoryBytes"),
      sql<unknown>`${eb.ref("detail")}->'replaces'`.as("replaces"),
      sql<number>`extract(epoch FROM now() - ${eb.ref("heartbeat_at")})::float8`.as("heartbeatAgeSeconds"),
      isAlive.as("alive"),
    ])
    .orderBy(isAlive, "desc");
  const rows = await rowsOf(
    order === "host"
      ? workers.orderBy("host").orderBy("started_at").limit(500)
      : workers.orderBy("started_at", "desc").limit(200),
    db,
  );
  return rows.map((row) => ({ ...row, replaces: replacedSchema.safeParse(row.replaces).data ?? null }));
}

/** What the living worker processes do: the families of each. */
export async function listLivingFamilies(): Promise<string[][]> {
  const rows = await rowsOf(statements.selectFrom("worker_instance").select("families").where(isAlive));
  return rows.map((row) => row.families);
}

/** What a worker process says of itself with every heartbeat. */
export interface WorkerDetail {
  rssBytes: number;
  /** The process that this one was started in place of. */
  replaces?: ReplacedProcess | undefined;
}

/** Lists this process as a worker of some families, with its first heartbeat. */
export async function registerWorker(
  id: string,
  families: readonly string[],
  detail: WorkerDetail,
): Promise<void> {
  const insert = statements.insertInto("worker_instance").values({
    id,
    families: [...families],
    host: hostname(),
    pid: process.pid,
    version: process.version,
    detail: JSON.stringify(detail),
  });
  await writtenBy(insert);
}

/** Writes down that a worker lives now. */
export async function recordHeartbeat(id: string, detail: WorkerDetail): Promise<void> {
  const update = statements
    .updateTable("worker_instance")
    .set({ heartbeat_at: now, detail: JSON.stringify(detail) })
    .where("id", "=", id);
  await writtenBy(update);
}

/** Takes a worker that ends out of the list; one that was killed is forgotten after a day. */
export async function removeWorker(id: string): Promise<void> {
  await getPrisma().workerInstance.deleteMany({ where: { id } });
}

/** Forgets the workers that were last heard of a day ago. */
export async function forgetWorkers(): Promise<void> {
  const silent = sql<Date>`now() - interval '1 day'`;
  await writtenBy(statements.deleteFrom("worker_instance").where("heartbeat_at", "<", silent));
}
