import { z } from "zod";
import { incidentKinds } from "./states";

export { incidentStates } from "./states";

export const metricRanges = ["1h", "24h", "7d"] as const;
export type MetricRange = (typeof metricRanges)[number];

export const incidentSchema = z.object({
  id: z.string(),
  component: z.string(),
  kind: z.enum(incidentKinds),
  summary: z.string(),
  /** How often it happened; one that comes back within ten minutes of its end is the same. */
  occurrences: z.number().int(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  actions: z.array(z.object({ at: z.string(), text: z.string(), requestId: z.string().optional() })),
});
export type IncidentDto = z.output<typeof incidentSchema>;

const point = z.object({
  at: z.string(),
  /** Cores. Null = unknown. */
  cpuCores: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  storageBytes: z.number().nullable(),
  /** Bytes per second. */
  receivedRate: z.number().nullable(),
  sentRate: z.number().nullable(),
});

export const metricsSchema = z.object({
  range: z.enum(metricRanges),
  stepSeconds: z.number(),
  series: z.array(z.object({ component: z.string(), points: z.array(point) })),
  events: z.array(z.object({ at: z.string(), label: z.string() })),
});
export type MetricsDto = z.output<typeof metricsSchema>;
