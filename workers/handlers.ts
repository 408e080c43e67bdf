import type { JobName, JobPayload } from "@/lib/platform/queue";

/** Does one job. The signal says that the process ends or that another one may have taken over. */
type Handler<N extends JobName> = (payload: JobPayload<N>, signal: AbortSignal) => Promise<unknown>;

/** Who does each job of the catalog. Features are loaded with the first job that needs them. */
export const handlers: { [N in JobName]: () => Promise<Handler<N>> } = {
  "runs.wake": async () => (await import("./provisioning")).wake,
  "runs.sweep": async () => (await import("./provisioning")).wake,
  "monitoring.due": async () => {
    const { monitoringTick } = await import("@/lib/features/monitoring");
    return (_payload, signal) => monitoringTick(signal);
  },
  "monitoring.batch": async () => {
    const { checkBatch } = await import("@/lib/features/monitoring");
    return (_payload, signal) => checkBatch(signal);
  },
  "liveness.due": async () => {
    const { livenessTick } = await import("@/lib/features/monitoring");
    return (_payload, signal) => livenessTick(signal);
  },
  "liveness.batch": async () => {
    const { checkLiveness } = await import("@/lib/features/monitoring");
    return ({ environmentIds }, signal) => checkLiveness(environmentIds, signal);
  },
  "backups.run": async () => {
    const { takeBackup } = await import("@/lib/features/backups");
    return ({ backupId }) => takeBackup(backupId);
  },
  "backups.due": async () => {
    const { backupsTick } = await import("@/lib/features/backups");
    return (_payload, signal) => backupsTick(signal);
  },
  "metering.hours": async () => {
    const { meteringTick } = await import("@/lib/features/metering");
    return () => meteringTick();
  },
  "notifications.deliver": async () => {
    const { deliverMessage } = await import("@/lib/features/notifications");
    return ({ messageId }) => deliverMessage(messageId);
  },
  "notifications.due": async () => {
    const { sweepOutbox } = await import("@/lib/features/notifications");
    return (_payload, signal) => sweepOutbox(signal);
  },
  "notifications.digests": async () => (await import("@/lib/features/notifications")).bundleDigests,
  "budgets.watch": async () => {
    const { watchBudgets } = await import("@/lib/features/chargeback");
    return () => watchBudgets();
  },
  "audit.seal": async () => (await import("./housekeeping")).audit.seal,
  "audit.head": async () => (await import("./housekeeping")).audit.head,
  "leases.due": async () => {
    const { leaseTick } = await import("@/lib/features/leases");
    return () => leaseTick();
  },
  "destructions.retry": async () => (await import("@/lib/features/runs")).retryDestructions,
  "clouds.due": async () => {
    const { checkAllClouds } = await import("@/lib/features/clouds");
    return () => checkAllClouds();
  },
  "clouds.check": async () => {
    const { checkClouds } = await import("@/lib/features/clouds");
    return ({ cloudIds }) => checkClouds(cloudIds);
  },
  "housekeeping.prune": async () => (await import("@/lib/features/housekeeping")).housekeepingTick,
};
