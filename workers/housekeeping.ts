import { createAuditKeeper } from "@/lib/features/audit";
import { watchBudgets } from "@/lib/features/chargeback";
import { checkAllClouds } from "@/lib/features/clouds";
import { housekeepingTick } from "@/lib/features/housekeeping";
import { leaseTick } from "@/lib/features/leases";
import { bundleDigests, deliverMessage, sweepOutbox } from "@/lib/features/notifications";
import { closeMail } from "@/lib/platform/mail";
import { startWorker } from "@/lib/platform/queue";
import { loop, type Stop, stopAll } from "./loop";

/** Messages to people and webhooks, leases, health of clouds, the seals of the audit, and tidying up. */
export async function start(): Promise<Stop> {
  const audit = createAuditKeeper();
  const messages = await startWorker(
    "notifications.deliver",
    async ({ messageId }) => void (await deliverMessage(messageId)),
    { concurrency: 4 },
  );
  const stop = stopAll([
    loop("outbox", 2_000, (signal) => sweepOutbox(signal)),
    loop("digests", 60_000, () => bundleDigests()),
    loop("budgets", 5 * 60_000, () => watchBudgets()),
    () => messages.close(5_000),
    loop("audit seals", 10_000, () => audit.seal()),
    loop("audit heads", 60_000, () => audit.head()),
    loop("leases", 15_000, () => leaseTick()),
    loop("clouds", 60_000, () => checkAllClouds()),
    loop("housekeeping", 5 * 60_000, () => housekeepingTick()),
  ]);
  return async () => {
    await stop();
    closeMail();
    await audit.close();
  };
}
