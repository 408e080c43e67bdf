import { z } from "zod";

export const runStatusLabels = {
  queued: "Queued",
  running: "Running",
  parked: "Waiting",
  succeeded: "Done",
  failed: "Failed",
  unknown: "Needs a look",
  cancelled: "Cancelled",
} as const;

/** What a list of runs can be sorted by. */
export const runSorts = ["created", "name", "took"] as const;
export type RunSort = (typeof runSorts)[number];

export const stepStatusLabels = {
  pending: "Pending",
  running: "Running",
  waiting: "Waiting",
  succeeded: "Done",
  failed: "Failed",
  skipped: "Unchanged",
  unknown: "Needs a look",
  cancelled: "Cancelled",
} as const;

const stepError = z.object({ kind: z.string(), message: z.string(), hint: z.string().optional() }).nullable();

export const stepSchema = z.object({
  id: z.string(),
  position: z.number(),
  component: z.string(),
  title: z.string(),
  action: z.string(),
  status: z.enum(["pending", "running", "waiting", "succeeded", "failed", "skipped", "unknown", "cancelled"]),
  attempts: z.number(),
  dependsOn: z.array(z.number()),
  error: stepError,
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
});
export type StepDto = z.output<typeof stepSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.enum(["queued", "running", "parked", "succeeded", "failed", "unknown", "cancelled"]),
  environment: z.object({ id: z.string(), name: z.string() }),
  project: z.object({ id: z.string(), name: z.string() }),
  requestId: z.string().nullable(),
  steps: z.object({ total: z.number(), finished: z.number() }),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type RunSummary = z.output<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema.omit({ steps: true }).extend({
  steps: z.array(stepSchema),
  error: stepError,
  cancelRequestedAt: z.string().nullable(),
  wakeAt: z.string().nullable(),
  workerId: z.string().nullable(),
  /** Median of earlier successful runs of this kind and template; null while nobody knows. */
  typicalSeconds: z.number().nullable(),
  /** What exists now and its cost per month while the run is stuck. */
  exists: z.array(z.object({ component: z.string(), cloud: z.string(), status: z.string() })),
  monthly: z.string().nullable(),
  currency: z.string(),
  can: z.object({ cancel: z.boolean(), resume: z.boolean(), rollBack: z.boolean() }),
});
export type RunDetail = z.output<typeof runDetailSchema>;

export const logLineSchema = z.object({
  id: z.string(),
  stepId: z.string(),
  component: z.string(),
  at: z.string(),
  text: z.string(),
});
export type RunLogLine = z.output<typeof logLineSchema>;
