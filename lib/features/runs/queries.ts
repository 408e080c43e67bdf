import { resumableRunStatuses } from "@/lib/engine/run";
import { notFound } from "@/lib/kernel/errors";
import { can } from "@/lib/kernel/permissions";
import { Recent } from "@/lib/kernel/recent";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { RunDetail, RunLogLine, StepDto } from "./schema";

interface RunRow {
  id: string;
  kind: RunDetail["kind"];
  status: RunDetail["status"];
  environmentId: string;
  environmentName: string;
  environmentStatus: string;
  projectId: string;
  projectName: string;
  templateId: string;
  requestId: string | null;
  workerId: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  wakeAt: Date | null;
  cancelRequestedAt: Date | null;
  error: RunDetail["error"];
  monthly: string | null;
  currency: string;
}

/**
 * A run with its steps, as its page and the API show it.
 * @throws AppError not_found
 */
export async function getRun(actor: Actor, runId: string): Promise<RunDetail> {
  const row = await readRun(actor, runId);
  const [steps, exists, typical] = await Promise.all([
    readSteps(runId),
    query<{ component: string; cloud: string; status: string }>(
      `SELECT r.component, coalesce(c.title, r.cloud_id) AS cloud, r.status FROM resource r
       LEFT JOIN cloud c ON c.id = r.cloud_id WHERE r.environment_id = $1 ORDER BY r.created_at`,
      [row.environmentId],
    ),
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
  const rows = await query<{ id: bigint; stepId: string; component: string; at: Date; text: string }>(
    `SELECT l.id, l.step_id AS "stepId", s.component, l.at, l.text FROM step_log l JOIN step s ON s.id = l.step_id
     WHERE l.run_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3`,
    [runId, after, limit],
    { name: "run_log" },
  );
  const items = rows.map((row) => ({ ...row, id: row.id.toString(), at: row.at.toISOString() }));
  return { items, nextCursor: rows.length === limit ? (items.at(-1)?.id ?? null) : null };
}

/** Who may see the run; answers its project. @throws AppError not_found */
export async function readRun(actor: Actor, runId: string): Promise<RunRow> {
  const [row] = await query<RunRow>(
    `SELECT u.id, u.kind, u.status::text AS status, u.environment_id AS "environmentId", e.name AS "environmentName",
       e.status::text AS "environmentStatus", e.project_id AS "projectId", p.name AS "projectName",
       v.template_id AS "templateId", u.request_id AS "requestId", u.worker_id AS "workerId",
       u.created_at AS "createdAt", u.started_at AS "startedAt", u.finished_at AS "finishedAt", u.wake_at AS "wakeAt",
       u.cancel_requested_at AS "cancelRequestedAt", u.error, trim_scale(e.monthly_cost)::text AS monthly, e.currency
     FROM run u JOIN environment e ON e.id = u.environment_id JOIN project p ON p.id = e.project_id
     JOIN template_version v ON v.id = e.template_version_id WHERE u.id = $1`,
    [runId],
    { name: "run_detail" },
  );
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
  const rows = await query<
    Omit<StepDto, "startedAt" | "finishedAt" | "nextAttemptAt"> & {
      startedAt: Date | null;
      finishedAt: Date | null;
      nextAttemptAt: Date | null;
    }
  >(
    `SELECT id, position, component, coalesce(input->>'title', component) AS title, action, status::text AS status,
       attempts, depends_on AS "dependsOn", error, started_at AS "startedAt", finished_at AS "finishedAt",
       next_attempt_at AS "nextAttemptAt" FROM step WHERE run_id = $1 ORDER BY position`,
    [runId],
    { name: "run_detail_steps" },
  );
  return rows.map((row) => ({
    ...row,
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    nextAttemptAt: iso(row.nextAttemptAt),
  }));
}

const typical = new Recent<number | null>(60_000);

/** Median duration of the last successful runs of a kind for a template, in seconds. At most a minute old. */
export async function typicalSeconds(templateId: string, kind: string): Promise<number | null> {
  return await typical.get(`${templateId} ${kind}`, () => readTypicalSeconds(templateId, kind));
}

async function readTypicalSeconds(templateId: string, kind: string): Promise<number | null> {
  const [row] = await query<{ seconds: number | null }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d.seconds) AS seconds FROM (
       SELECT extract(epoch FROM u.finished_at - u.started_at)::float8 AS seconds
       FROM run u JOIN environment e ON e.id = u.environment_id
       JOIN template_version v ON v.id = e.template_version_id
       WHERE v.template_id = $1 AND u.kind = $2 AND u.status = 'succeeded'
       ORDER BY u.created_at DESC LIMIT 50) d`,
    [templateId, kind],
    { name: "run_typical" },
  );
  return row?.seconds ?? null;
}

function iso(value: Date | null): string | null {
  return value ? value.toISOString() : null;
}
