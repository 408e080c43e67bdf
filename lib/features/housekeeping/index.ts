import { pruneUploads } from "@/lib/features/catalog";
import { registerLocalDocker } from "@/lib/features/clouds";
import { pruneLoginThrottle } from "@/lib/features/identity";
import { expireRequests } from "@/lib/features/requests";
import { forgetWorkers } from "@/lib/features/workers";
import { pruneIdempotencyRecords } from "@/lib/platform/http";
import { type AgingTable, batchRows, deleteOldBatch, thinSamples } from "./store";

const maxBatches = 20;

/** Ends what nobody decided, deletes what is kept long enough, looks for a Docker engine. */
export async function housekeepingTick(): Promise<void> {
  await expireRequests();
  await prune("event");
  await prune("step_log");
  // After two days one sample in five minutes is enough.
  await thinSamples();
  await prune("sample");
  await forgetWorkers();
  await prune("notification");
  await prune("outbox_message");
  await prune("budget_alert");
  await pruneIdempotencyRecords();
  await pruneLoginThrottle();
  await pruneUploads();
  await registerLocalDocker();
}

/** Batch after batch, up to a bound: the next turn goes on. */
async function prune(table: AgingTable): Promise<void> {
  for (let batch = 0; batch < maxBatches; batch += 1) {
    if ((await deleteOldBatch(table)) < batchRows) return;
  }
}
