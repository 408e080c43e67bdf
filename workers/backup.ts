import { backupsTick, takeBackup } from "@/lib/features/backups";
import { startWorker } from "@/lib/platform/queue";
import { loop, type Stop, stopAll } from "./loop";

/** Backups asked for at once; scheduled ones, lost ones and retention by the tick. */
export async function start(): Promise<Stop> {
  const messages = await startWorker(
    "backups.run",
    async ({ backupId }) => void (await takeBackup(backupId)),
    {
      concurrency: 2,
    },
  );
  return stopAll([loop("backups", 15_000, (signal) => backupsTick(signal)), () => messages.close(5_000)]);
}
