import { z } from "zod";
import { resourceStatuses } from "@/lib/clouds/contract";
import { stepActions } from "@/lib/engine/plan/types";
import { stepErrorSchema, unreadableError } from "@/lib/engine/run/step-error";
import {
  kindNoun,
  type RequestKind,
  requestKinds,
  runWords,
  successWords,
} from "@/lib/features/requests/schema";

export const runStatuses = [
  "queued",
  "running",
  "parked",
  "succeeded",
  "failed",
  "unknown",
  "cancelled",
] as const;
export type RunStatus = (typeof runStatuses)[number];

export const runStatusLabels: Record<RunStatus, string> = {
  queued: "Queued",
  running: "Running",
  parked: "Waiting to retry",
  succeeded: "Succeeded",
  failed: "Failed",
  unknown: "Needs attention",
  cancelled: "Canceled",
};

/** What a list of runs can be sorted by. */
/** Periods that a list of runs can be narrowed to. */
export const runDays = [7, 30, 90] as const;

export const runSorts = ["created", "name", "took"] as const;
export type RunSort = (typeof runSorts)[number];

export const stepStatusLabels = {
  pending: "Pending",
  running: "Running",
  waiting: "Waiting to retry",
  succeeded: "Succeeded",
  failed: "Failed",
  skipped: "Skipped",
  unknown: "Needs attention",
  cancelled: "Canceled",
} as const;

const { unreachable } = stepErrorSchema.shape;
const stepError = stepErrorSchema
  .omit({ spared: true })
  .extend({
    unreachable: unreachable
      .unwrap()
      .pick({ since: true })
      .optional()
      .describe("Time when the cloud became unreachable; the run waits for it"),
  })
  .nullable();
/** Why a run or a step stopped, as it is stored. */
export const storedErrorSchema = stepError.catch(unreadableError);

export const stepSchema = z.object({
  id: z.string(),
  position: z.number(),
  component: z.string(),
  title: z.string(),
  action: z.enum(stepActions),
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
  kind: z.enum(requestKinds),
  status: z.enum(runStatuses),
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
  /** Median of earlier successful runs of this kind and template; null while unknown. */
  typicalSeconds: z.number().nullable(),
  /** What exists now and its cost per month while the run is stuck. */
  exists: z.array(z.object({ component: z.string(), cloud: z.string(), status: z.enum(resourceStatuses) })),
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

/** How it ended, as a sentence without its full stop: "shop-staging is ready", "Creating shop-staging failed". */
export function endWords(kind: RequestKind, environment: string, status: string): string {
  if (status === "succeeded") return successWords(kind, environment);
  const run = runWords(kind, environment);
  if (status === "failed") return `${run} failed`;
  if (status === "cancelled") return `${run} was canceled`;
  return `${run}: outcome unknown, action required`;
}

const failures: Partial<Record<RunStatus, string>> = {
  failed: "failed",
  unknown: "needs attention",
  cancelled: "canceled",
};

/** How a change ended that did not succeed: "Update failed", "Restart canceled", "Restore needs attention". */
export function failureWords(kind: RequestKind, status: RunStatus): string {
  return `${kindNoun(kind)} ${failures[status] ?? status}`;
}
