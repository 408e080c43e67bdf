import { deleteOldStepLogs } from "@/lib/engine/run/postgres";
import { pruneUploads } from "@/lib/features/catalog";
import { deleteOldBudgetAlerts } from "@/lib/features/chargeback";
import { registerLocalDocker } from "@/lib/features/clouds";
import { pruneLoginThrottle } from "@/lib/features/identity";
import { deleteOldSamples, thinSamples } from "@/lib/features/monitoring";
import { deleteOldMessages, deleteOldNotifications } from "@/lib/features/notifications";
import { expireRequests } from "@/lib/features/requests";
import { forgetWorkers } from "@/lib/features/workers";
import { pooled } from "@/lib/platform/db";
import { deleteOldEvents } from "@/lib/platform/events";
import { pruneIdempotencyRecords } from "@/lib/platform/http";

const maxBatches = 20;

/** Ends what no one decided, deletes what is kept long enough, looks for a Docker engine. */
export async function housekeepingTick(): Promise<void> {
  await expireRequests();
  await prune(deleteOldEvents);
  await prune((limit) => deleteOldStepLogs(pooled.client, limit));
  // After two days one sample in five minutes is enough.
  await thinSamples();
  await prune(deleteOldSamples);
  await forgetWorkers();
  await prune(deleteOldNotifications);
  await prune(deleteOldMessages);
  await prune(deleteOldBudgetAlerts);
  await pruneIdempotencyRecords();
  await pruneLoginThrottle();
  await pruneUploads();
  await registerLocalDocker();
}

/** In bounded batches, so that no statement holds rows for long. */
const batchRows = 5_000;

/** Batch after batch, up to a bound: the next turn continues. */
async function prune(deleteOld: (limit: number) => Promise<number>): Promise<void> {
  for (let batch = 0; batch < maxBatches; batch += 1) {
    if ((await deleteOld(batchRows)) < batchRows) return;
  }
}
