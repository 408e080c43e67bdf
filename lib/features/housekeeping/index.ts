import { pruneUploads } from "@/lib/features/catalog";
import { registerLocalDocker } from "@/lib/features/clouds";
import { pruneLoginThrottle } from "@/lib/features/identity";
import { expireRequests } from "@/lib/features/requests";
import { execute } from "@/lib/platform/db";
import { pruneIdempotencyRecords } from "@/lib/platform/http";

export { listQueues, listWorkers, retryFailedMessages } from "./workload";

const batchRows = 5_000;
const maxBatches = 20;

/** Ends what nobody decided, deletes what is kept long enough, looks for a Docker engine. */
export async function housekeepingTick(): Promise<void> {
  await expireRequests();
  await prune("event", "at < now() - interval '1 hour'");
  await prune("step_log", "at < now() - interval '30 days'");
  await thinSamples();
  await prune("sample", "at < now() - interval '30 days'");
  await prune("worker_instance", "heartbeat_at < now() - interval '1 day'");
  await prune("notification", "created_at < now() - interval '90 days'");
  await prune(
    "outbox_message",
    "status IN ('delivered', 'failed') AND created_at < now() - interval '30 days'",
  );
  await prune("budget_alert", "month < now() - interval '3 months'");
  await pruneIdempotencyRecords();
  await pruneLoginThrottle();
  await pruneUploads();
  await registerLocalDocker();
}

/** In bounded batches, so that no statement holds rows for long. Table and condition are constants of this file. */
async function prune(table: string, condition: string): Promise<void> {
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const deleted = await execute(
      `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${batchRows})`,
    );
    if (deleted < batchRows) return;
  }
}

/** After two days one sample in five minutes is enough. */
async function thinSamples(): Promise<void> {
  await execute(
    `DELETE FROM sample s USING (
       SELECT resource_id, at, row_number() OVER (
         PARTITION BY resource_id, date_bin('5 minutes', at, '2000-01-01') ORDER BY at) AS n
       FROM sample WHERE at BETWEEN now() - interval '3 days' AND now() - interval '2 days') x
     WHERE s.resource_id = x.resource_id AND s.at = x.at AND x.n > 1`,
  );
}
