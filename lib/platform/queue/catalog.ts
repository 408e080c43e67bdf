import { z } from "zod";
import type { WorkerFamily } from "../config/load";

interface Job {
  /** Which workers do it. */
  role: WorkerFamily;
  /** The feature whose work it is: its folder in lib/features. */
  owner: string;
  /** What a job carries. IDs only: the database has the facts. */
  schema: z.ZodType;
  /** How many one worker does at once. */
  concurrency: number;
  /** How often a failed one is tried altogether. */
  attempts: number;
  /** Recurring: one job scheduler for the whole installation, and never two turns at once. */
  everyMs?: number;
  /** Frequent: a worker that has the turn looks this often until the next turn. */
  lookMs?: number;
}

const nothing = z.object({});
/** What is due is read from the database, so the next turn is the retry. */
const every = <const N extends number>(everyMs: N) => ({
  schema: nothing,
  concurrency: 1,
  attempts: 1,
  everyMs,
});
/**
 * What has to be looked at every second or two. A job of the queue costs a dozen statements and a look that finds nothing
 * costs one, so a turn lasts for a while and looks again and again.
 */
const frequent = <const N extends number>(lookMs: N) => ({ ...every(15_000), lookMs });

/**
 * Every job there is. What a job stands for is found in the database as well, so a lost one delays work until the next
 * turn of a recurring job, and one done twice does nothing. Handlers are in workers/handlers.ts: they know features.
 */
export const jobs = {
  "runs.wake": {
    role: "provisioning",
    owner: "runs",
    schema: z.object({ runId: z.string() }),
    concurrency: 8,
    attempts: 1,
  },
  "runs.sweep": { role: "provisioning", owner: "runs", ...frequent(2_000) },
  "monitoring.due": { role: "monitoring", owner: "monitoring", ...frequent(1_000) },
  "monitoring.batch": {
    role: "monitoring",
    owner: "monitoring",
    schema: nothing,
    concurrency: 2,
    attempts: 1,
  },
  "liveness.due": { role: "monitoring", owner: "monitoring", ...frequent(3_000) },
  "liveness.batch": {
    role: "monitoring",
    owner: "monitoring",
    schema: z.object({ environmentIds: z.array(z.string()) }),
    concurrency: 2,
    attempts: 1,
  },
  "backups.run": {
    role: "backup",
    owner: "backups",
    schema: z.object({ backupId: z.string() }),
    concurrency: 2,
    attempts: 1,
  },
  "backups.due": { role: "backup", owner: "backups", ...every(15_000) },
  "metering.hours": { role: "chargeback", owner: "metering", ...every(60_000) },
  "notifications.deliver": {
    role: "housekeeping",
    owner: "notifications",
    schema: z.object({ messageId: z.string() }),
    concurrency: 4,
    attempts: 1,
  },
  "notifications.due": { role: "housekeeping", owner: "notifications", ...frequent(2_000) },
  "notifications.digests": { role: "housekeeping", owner: "notifications", ...every(60_000) },
  "budgets.watch": { role: "housekeeping", owner: "chargeback", ...every(300_000) },
  "audit.seal": { role: "housekeeping", owner: "audit", ...every(10_000) },
  "audit.head": { role: "housekeeping", owner: "audit", ...every(60_000) },
  "leases.due": { role: "housekeeping", owner: "leases", ...every(15_000) },
  "destructions.retry": { role: "housekeeping", owner: "runs", ...every(30_000) },
  "clouds.due": { role: "housekeeping", owner: "clouds", ...every(60_000) },
  "clouds.check": {
    role: "housekeeping",
    owner: "clouds",
    schema: z.object({ cloudIds: z.array(z.string()) }),
    concurrency: 2,
    attempts: 1,
  },
  "housekeeping.prune": { role: "housekeeping", owner: "housekeeping", ...every(300_000) },
} as const satisfies Record<string, Job>;

export type JobName = keyof typeof jobs;
export type JobPayload<N extends JobName> = z.output<(typeof jobs)[N]["schema"]>;
/** A recurring job. */
export type ScheduleName = {
  [N in JobName]: (typeof jobs)[N] extends { everyMs: number } ? N : never;
}[JobName];
/** A job that someone sends. */
export type MessageName = Exclude<JobName, ScheduleName>;

export const jobNames = Object.keys(jobs) as JobName[];
export const scheduleNames = jobNames.filter(isSchedule);
export const messageNames = jobNames.filter((name): name is MessageName => !isSchedule(name));

function isSchedule(name: JobName): name is ScheduleName {
  return "everyMs" in jobs[name];
}

/** How often a worker that has the turn of a frequent job looks; null for the others, which look once a turn. */
export function lookMsOf(name: ScheduleName): number | null {
  const job: Job = jobs[name];
  return job.lookMs ?? null;
}

/** The recurring jobs of a role. */
export function schedulesOf(role: WorkerFamily): ScheduleName[] {
  return scheduleNames.filter((name) => jobs[name].role === role);
}

/** Written out: the configuration can't be loaded in a browser, the names of queues are. */
const roleNames = [
  "provisioning",
  "monitoring",
  "backup",
  "chargeback",
  "housekeeping",
] as const satisfies WorkerFamily[];

/** A job that is sent has a queue of its own; the recurring ones of a role share the queue that is named after it. */
export const queueNames = [...messageNames, ...roleNames] as const;
export type QueueName = MessageName | WorkerFamily;
