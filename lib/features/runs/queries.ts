import { resumableRunStatuses } from "@/lib/engine/run";
import { listStepLog, listSteps } from "@/lib/engine/run/postgres";
import type { RequestKind } from "@/lib/features/requests/schema";
import { notFound } from "@/lib/kernel/errors";
import { can } from "@/lib/kernel/permissions";
import { Recent } from "@/lib/kernel/recent";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { pooled } from "@/lib/platform/db";
import { type RunDetail, type RunLogLine, type StepDto, storedErrorSchema } from "./schema";
import { findRun, findTypicalSeconds, listExisting, type RunRow } from "./store";

/**
 * A run with its steps, as its page and the API show it.
 * @throws AppError not_found
 */
export async function getRun(actor: Actor, runId: string): Promise<RunDetail> {
  const row = await readRun(actor, runId);
  const [steps, exists, typical] = await Promise.all([
    readSteps(runId),
    listExisting(row.environmentId),
    typicalSeconds(row.templateId, row.kind),
  ]);
  const operate = can(actor, "run.operate", { projectId: row.projectId });
  const stopped = resumableRunStatuses.includes(row.status) && row.environmentStatus !== "destroyed";
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    environment: { id: row.environmentId, name: row.environmentName },
    project: { id: row.projectId, name: row.projectName },
    requestId: row.requestId,
    workerId: row.workerId,
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    wakeAt: iso(row.wakeAt),
    cancelRequestedAt: iso(row.cancelRequestedAt),
    error: row.error,
    steps,
    exists,
    typicalSeconds: typical,
    monthly: row.monthly,
    currency: row.currency,
    can: {
      cancel: operate && ["queued", "running", "parked"].includes(row.status),
      resume: operate && stopped,
      rollBack: operate && stopped && ["create", "update"].includes(row.kind),
    },
  };
}

/** Lines of a run's log after a position, oldest first. @param after id of the last line seen, "0" for all */
export async function listRunLog(
  actor: Actor,
  runId: string,
  after: string,
  limit: number,
): Promise<{ items: RunLogLine[]; nextCursor: string | null }> {
  await readRun(actor, runId);
  const rows = await listStepLog(pooled.client, runId, after, limit);
  const items = rows.map((row) => ({ ...row, id: row.id.toString(), at: row.at.toISOString() }));
  return { items, nextCursor: rows.length === limit ? (items.at(-1)?.id ?? null) : null };
}

/** Who may see the run; answers its project. @throws AppError not_found */
export async function readRun(actor: Actor, runId: string): Promise<RunRow> {
  const row = await findRun(runId);
  if (!row) throw notFound("The run");
  requirePermission(actor, "run.read", {
    projectId: row.projectId,
    what: "The run",
    objectType: "run",
    objectId: runId,
  });
  return row;
}

async function readSteps(runId: string): Promise<StepDto[]> {
  const rows = await listSteps(pooled.client, runId);
  return rows.map((row) => ({
    ...row,
    error: storedErrorSchema.parse(row.error),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    nextAttemptAt: iso(row.nextAttemptAt),
  }));
}

const typical = new Recent<number | null>(60_000);

/** Median duration of the last successful runs of a kind for a template, in seconds. At most a minute old. */
export async function typicalSeconds(templateId: string, kind: RequestKind): Promise<number | null> {
  return await typical.get(`${templateId} ${kind}`, () => findTypicalSeconds(templateId, kind));
}

function iso(value: Date | null): string | null {
  return value ? value.toISOString() : null;
}
