import { z } from "zod";

const tick = z.object({}).default({});

/**
 * Every queue there is: what its messages carry (ids only: the database has the facts) and how often a failed one is
 * tried again. Work that a message stands for is always found in the database as well, by a sweeper.
 */
export const queues = {
  "runs.wake": { payload: z.object({ runId: z.string() }), attempts: 1 },
  "backups.run": { payload: z.object({ backupId: z.string() }), attempts: 1 },
  "backups.tick": { payload: tick, attempts: 1 },
  "monitoring.tick": { payload: tick, attempts: 1 },
  "metering.tick": { payload: tick, attempts: 1 },
  "housekeeping.tick": { payload: tick, attempts: 1 },
  "notifications.deliver": { payload: z.object({ messageId: z.string() }), attempts: 1 },
  "templates.check": { payload: z.object({ versionId: z.string() }), attempts: 2 },
  "clouds.check": { payload: z.object({ cloudId: z.string().optional() }).default({}), attempts: 1 },
} as const satisfies Record<string, { payload: z.ZodType; attempts: number }>;

export type QueueName = keyof typeof queues;
export type QueuePayload<N extends QueueName> = z.output<(typeof queues)[N]["payload"]>;
export const queueNames = Object.keys(queues) as QueueName[];
