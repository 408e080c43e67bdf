import { sql } from "kysely";
import { z } from "zod";
import { resourceStatuses } from "@/lib/clouds/contract";
import { runRows, stepRows } from "@/lib/engine/run/postgres/joins";
import { versionRows } from "@/lib/features/catalog/joins";
import { cloudRows } from "@/lib/features/clouds/joins";
import { environmentRows, resourceRows } from "@/lib/features/environments/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { planRows, requestRows } from "@/lib/features/requests/joins";
import { kindsWhere, type RequestKind } from "@/lib/features/requests/schema";
import { anyOf, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import { storedErrorSchema } from "./schema";

/** A run with what it is about. */
export async function findRun(runId: string) {
  const run = statements
    .selectFrom(runRows.as("u"))
    .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id")
    .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .select([
      "u.id",
      "u.kind",
      "u.status",
      "u.environment_id as environmentId",
      "e.name as environmentName",
      "e.status as environmentStatus",
      "e.project_id as projectId",
      "p.name as projectName",
      "v.template_id as templateId",
      "u.request_id as requestId",
      "u.worker_id as workerId",
      "u.created_at as createdAt",
      "u.started_at as startedAt",
      "u.finished_at as finishedAt",
      "u.wake_at as wakeAt",
      "u.cancel_requested_at as cancelRequestedAt",
      "u.error",
      "e.currency",
    ])
    .select(sql<string | null>`trim_scale(e.monthly_cost)::text`.as("monthly"))
    .where("u.id", "=", runId);
  const row = await rowOf(run);
  return row && { ...row, error: storedErrorSchema.parse(row.error) };
}

/** The project of a run's environment; null when there is no such run. */
export async function findProjectOfRun(runId: string): Promise<string | null> {
  const run = statements
    .selectFrom(runRows.as("u"))
    .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id")
    .select("e.project_id as projectId")
    .where("u.id", "=", runId);
  return (await rowOf(run))?.projectId ?? null;
}

export type RunRow = NonNullable<Awaited<ReturnType<typeof findRun>>>;

/** What exists of an environment, and where. */
export async function listExisting(environmentId: string) {
  const resources = statements
    .selectFrom(resourceRows.as("r"))
    .leftJoin(cloudRows.as("c"), "c.id", "r.cloud_id")
    .select((eb) => ["r.component", eb.fn.coalesce("c.title", "r.cloud_id").as("cloud"), "r.status"])
    .where("r.environment_id", "=", environmentId)
    .orderBy("r.created_at");
  return (await rowsOf(resources)).map((row) => ({ ...row, status: statusSchema.parse(row.status) }));
}

const statusSchema = z.enum(resourceStatuses).catch("unknown");

/** Median duration of the last 50 successful runs of a kind for a template, in seconds. */
export async function findTypicalSeconds(templateId: string, kind: RequestKind): Promise<number | null> {
  const last = statements
    .selectFrom(runRows.as("u"))
    .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id")
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .select(sql<number>`extract(epoch from u.finished_at - u.started_at)::float8`.as("seconds"))
    .where("v.template_id", "=", templateId)
    .where("u.kind", "=", kind)
    .where("u.status", "=", "succeeded")
    .orderBy("u.created_at", "desc")
    .limit(50);
  const median = statements
    .selectFrom(last.as("d"))
    .select(sql<number | null>`percentile_cont(0.5) within group (order by d.seconds)`.as("seconds"));
  return (await rowOf(median))?.seconds ?? null;
}

/** Clouds on which a run of the environment tried anything, and the given ones. */
export async function listCloudsTouched(environmentId: string, known: readonly string[]) {
  const touched = statements
    .selectFrom(stepRows.as("s"))
    .innerJoin(runRows.as("u"), "u.id", "s.run_id")
    .select("s.cloud_id")
    .where("u.environment_id", "=", environmentId)
    .where("s.cloud_id", "is not", null)
    .where("s.attempts", ">", 0)
    .$narrowType<{ cloud_id: string }>();
  const clouds = statements
    .selectFrom(cloudRows.as("c"))
    .select(["c.id", "c.title"])
    .where((eb) => eb.or([eb("c.id", "=", anyOf(known)), eb("c.id", "in", touched)]))
    .orderBy("c.id");
  return await rowsOf(clouds);
}

/** The kinds of runs after which an earlier run can still be resumed. */
const besideChanges = kindsWhere((operation) => operation.besideChanges);

/** Whether the environment was changed by a run that began after this moment. */
export async function wasChangedAfter(tx: Tx, environmentId: string, moment: Date): Promise<boolean> {
  const newer = statements
    .selectFrom(runRows.as("run"))
    .select("id")
    .where("environment_id", "=", environmentId)
    .where("created_at", ">", moment)
    .where("kind", "not in", besideChanges)
    .limit(1);
  return (await rowOf(newer, tx)) !== null;
}

/** The plan of the last successful creation or update before a moment, with its template version. */
export async function findPlanBefore(environmentId: string, moment: Date) {
  const earlier = statements
    .selectFrom(runRows.as("u"))
    .innerJoin(planRows.as("p"), "p.id", "u.plan_id")
    .innerJoin(versionRows.as("v"), "v.id", "p.template_version_id")
    .select(["p.id as planId", "v.id as versionId", "v.version"])
    .where("u.environment_id", "=", environmentId)
    .where("u.created_at", "<", moment)
    .where("u.kind", "in", ["create", "update"])
    .where("u.status", "=", "succeeded")
    .orderBy("u.created_at", "desc")
    .limit(1);
  return await rowOf(earlier);
}

/** What the ends of runs are about. */
export async function listFacts(tx: Tx, runIds: readonly string[]) {
  const facts = statements
    .selectFrom(runRows.as("u"))
    .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id")
    .leftJoin(requestRows.as("q"), "q.id", "u.request_id")
    .select([
      "u.id as runId",
      "u.kind",
      "u.request_id as requestId",
      "q.requester_id as requesterId",
      "u.error",
    ])
    .select(["q.project_id as projectId", "e.name as environmentName", "e.owner_id as ownerId"])
    .select((eb) =>
      eb
        .and([
          eb("u.kind", "=", "destroy"),
          eb.exists(
            eb
              .selectFrom(runRows.as("x"))
              .select("x.id")
              .whereRef("x.environment_id", "=", "u.environment_id")
              .where("x.kind", "=", "destroy")
              .where("x.status", "in", ["failed", "unknown"])
              .whereRef("x.created_at", "<", "u.created_at"),
          ),
        ])
        // The run destroys once more what a run before it could not destroy.
        .as("again"),
    )
    .where("u.id", "=", anyOf(runIds));
  return (await rowsOf(facts, tx)).map((row) => ({ ...row, error: storedErrorSchema.parse(row.error) }));
}

export type Facts = Awaited<ReturnType<typeof listFacts>>[number];
