import { sql } from "kysely";
import { jsonBuildObject } from "kysely/helpers/postgres";
import type { z } from "zod";
import type { EnvironmentStatus, RunStatus } from "@/gen/kysely/enums";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { versionRows } from "@/lib/features/catalog/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { planDocumentRows, requestRows } from "@/lib/features/requests/joins";
import { userRows } from "@/lib/features/users/joins";
import {
  anyOf,
  compiledOnce,
  type Db,
  getPrisma,
  pooled,
  readOr,
  rowOf,
  rowsOf,
  statements,
  type Tx,
  writtenBy,
} from "@/lib/platform/db";
import type { EnvironmentDetail } from "./schema";
import { storedPlacementSchema, storedValuesSchema } from "./stored-schema";

export interface EnvironmentRow {
  id: string;
  name: string;
  projectId: string;
  projectSlug: string;
  ownerId: string;
  templateVersionId: string;
  parameters: z.output<typeof storedValuesSchema>;
  placement: z.output<typeof storedPlacementSchema>;
  /** Its documents that are damaged, in words; they are empty here. */
  damaged: string[];
  generation: number;
  status: EnvironmentStatus;
  monthlyCost: string | null;
  currency: string;
  leaseEndsAt: Date | null;
  /** When it ran for the first time. */
  readyAt: Date | null;
  isDemo: boolean;
}

/** Environments by id, in no order; one that does not exist is missing. One text for any number of them. */
export async function listEnvironmentRows(environmentIds: readonly string[]): Promise<EnvironmentRow[]> {
  return (await rowsOf(environmentRows({ environmentIds }))).map(readable);
}

function readable<Row extends { parameters: unknown; placement: unknown }>(row: Row) {
  const damaged: string[] = [];
  const parameters = readOr(storedValuesSchema, row.parameters, {}, () => damaged.push("parameters"));
  const placement = readOr(storedPlacementSchema, row.placement, {}, () => damaged.push("placement"));
  return { ...row, parameters, placement, damaged };
}

const environmentRows = compiledOnce(({ environmentIds }: { environmentIds: readonly string[] }) =>
  statements
    .selectFrom("environment as e")
    .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
    .select(["e.id", "e.name", "e.project_id as projectId", "p.slug as projectSlug", "e.owner_id as ownerId"])
    .select(["e.template_version_id as templateVersionId", "e.generation", "e.status", "e.currency"])
    .select(["e.monthly_cost as monthlyCost", "e.lease_ends_at as leaseEndsAt", "e.ready_at as readyAt"])
    .select(["e.is_demo as isDemo", "e.parameters", "e.placement"])
    .where("e.id", "=", anyOf(environmentIds)),
);

/** An environment as its page needs it. */
export type DetailRow = NonNullable<Awaited<ReturnType<typeof findDetail>>>;

/** An environment with what its page tells of project, owner, runs and newer versions; null when there is none. */
export async function findDetail(environmentId: string) {
  const row = await rowOf(detail({ environmentId }));
  if (!row) return null;
  const damaged: string[] = [];
  const parameters = readOr(storedValuesSchema, row.parameters, {}, () => damaged.push("parameters"));
  const outputs = readOr(storedValuesSchema, row.outputs, {}, () =>
    damaged.push("outputs of the environment"),
  );
  return { ...row, parameters, outputs, damaged };
}

const detail = compiledOnce(({ environmentId }: { environmentId: string }) => {
  const secretNames = statements
    .selectFrom("environment_secret as s")
    .select("s.name")
    .where(sql<boolean>`s.environment_id = e.id and s.component = ''`);
  return statements
    .selectFrom("environment as e")
    .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .leftJoin(userRows.as("u"), "u.id", "e.owner_id")
    .select(["e.id", "e.name", "e.status", "e.health", "e.health_message as healthMessage", "e.generation"])
    .select(["p.id as projectId", "p.slug as projectSlug", "p.name as projectName"])
    .select(["p.max_lease_days as projectMaxLease", "e.owner_id as ownerId"])
    .select(["e.template_version_id as templateVersionId", "e.sealed_outputs as sealedOutputs", "e.currency"])
    .select("e.outputs")
    .select(["e.lease_ends_at as leaseEndsAt", "e.destroy_after as destroyAfter"])
    .select(["e.destroy_retry_at as destroyRetryAt", "e.created_at as createdAt", "e.ready_at as readyAt"])
    .select(["e.destroyed_at as destroyedAt", "e.is_demo as isDemo"])
    .select((eb) => [
      eb.fn.coalesce("u.name", sql.lit("System")).as("ownerName"),
      // Of anything but an object nothing can be taken away.
      sql<unknown>`case jsonb_typeof(e.parameters) when 'object' then e.parameters - array(${secretNames}) end`.as(
        "parameters",
      ),
      sql<string[]>`array(${secretNames.orderBy("s.name")})`.as("secretParameters"),
      sql<string | null>`trim_scale(e.monthly_cost)`.as("monthly"),
      eb
        .selectFrom(runRows.as("x"))
        .select("x.id")
        .whereRef("x.environment_id", "=", "e.id")
        // Written out: the index of active runs is found by these words.
        .where("x.status", "in", sql<RunStatus>`('queued', 'running', 'parked')`)
        .as("activeRunId"),
      eb
        .selectFrom(runRows.as("x"))
        .select((run) =>
          jsonBuildObject({
            runId: run.ref("x.id"),
            kind: run.ref("x.kind"),
            status: run.ref("x.status"),
          }).as("change"),
        )
        .whereRef("x.id", "=", "e.failed_run_id")
        .$castTo<{ change: EnvironmentDetail["failedChange"] }>()
        .as("failedChange"),
      sql<string[]>`array(${eb
        .selectFrom(versionRows.as("n"))
        .select("n.version")
        .whereRef("n.template_id", "=", "v.template_id")
        .where("n.status", "=", "published")})`.as("newest"),
    ])
    .where("e.id", "=", environmentId);
});

/** The sealed outputs of an environment's template; null when it has none. */
export async function findSealedOutputs(environmentId: string): Promise<string | null> {
  const where = { id: environmentId };
  const row = await getPrisma().environment.findUnique({ where, select: { sealedOutputs: true } });
  return row?.sealedOutputs ?? null;
}

/** The project of an environment; null when there is no such environment. */
export async function findProjectOf(environmentId: string): Promise<string | null> {
  const where = { id: environmentId };
  const row = await getPrisma().environment.findUnique({ where, select: { projectId: true } });
  return row?.projectId ?? null;
}

/** Name and owner of an environment. */
export async function findOwned(
  environmentId: string,
  db: Db = pooled,
): Promise<{ name: string; ownerId: string } | null> {
  return await db.prisma.environment.findUnique({
    where: { id: environmentId },
    select: { name: true, ownerId: true },
  });
}

/** What the newest plan of a creation says of an environment; null without one. */
export async function findCreationPlan(
  environmentId: string,
): Promise<{ changes: unknown; cost: unknown; lease: unknown } | null> {
  return await rowOf(
    statements
      .selectFrom(requestRows.as("q"))
      .innerJoin(planDocumentRows.as("p"), "p.id", "q.plan_id")
      .select(["p.changes", "p.cost", "p.lease"])
      .where("q.environment_id", "=", environmentId)
      .where("q.kind", "=", "create")
      .orderBy("q.created_at", "desc")
      .limit(1),
  );
}

/** Takes the failed change off one that runs or is stopped. @returns the run that failed; null when there is none */
export async function clearFailedChange(tx: Tx, environmentId: string): Promise<string | null> {
  const row = await rowOf(
    statements
      .updateTable("environment as e")
      .from("environment as before")
      .set({ failed_run_id: null, destroy_retry_at: null })
      .where("e.id", "=", environmentId)
      .whereRef("before.id", "=", "e.id")
      .where("e.failed_run_id", "is not", null)
      .where("e.status", "in", ["running", "stopped"])
      .returning("before.failed_run_id as runId"),
    tx,
  );
  return row?.runId ?? null;
}

/** @returns false when the environment was destroyed or has another owner by now */
export async function changeOwner(
  tx: Tx,
  environmentId: string,
  { from, to }: { from: string; to: string },
): Promise<boolean> {
  const moved = await writtenBy(
    statements
      .updateTable("environment")
      .set({ owner_id: to, updated_at: sql`now()` })
      .where("id", "=", environmentId)
      .where("owner_id", "=", from)
      .where("status", "<>", "destroyed"),
    tx,
  );
  return moved > 0;
}
