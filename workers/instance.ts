import { hostname } from "node:os";
import { execute } from "@/lib/platform/db";
import type { Stoppable } from "./listen";
import { Ticker } from "./ticker";

const heartbeatMs = 5_000;

/** Keeps this process's row among the workers; a row whose heartbeat is old is a process that died. */
export function registerInstance(workerId: string, families: readonly string[]): Stoppable {
  const heartbeat = new Ticker({
    name: "worker.heartbeat",
    everyMs: heartbeatMs,
    work: () =>
      execute(
        `INSERT INTO worker_instance (id, families, host, pid, detail) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), detail = excluded.detail`,
        [
          workerId,
          families,
          hostname(),
          process.pid,
          JSON.stringify({ memoryBytes: process.memoryUsage.rss() }),
        ],
      ),
  }).start();
  return {
    stop: async () => {
      await heartbeat.stop();
      await execute("DELETE FROM worker_instance WHERE id = $1", [workerId]);
    },
  };
}
