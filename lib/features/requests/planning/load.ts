import type { CloudConnection } from "@/lib/clouds/contract";
import { listGoodParts } from "@/lib/features/backups";
import { type LoadedVersion, loadVersionByName } from "@/lib/features/catalog";
import { loadPriceSheets } from "@/lib/features/chargeback";
import { connectionFor } from "@/lib/features/clouds";
import {
  type EnvironmentContext,
  loadEnvironment,
  observedSizes,
  requireReadable,
} from "@/lib/features/environments";
import { findProjectLimits, type ProjectLimits } from "@/lib/features/projects";
import { committedMonthly, heldByEnvironment, nothing, quotaUse } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { pooled } from "@/lib/platform/db";
import { operationOf } from "../operations";
import type { CreateBody, SystemRequestBody } from "../schema";
import { carriedSecrets } from "./carried-secrets";
import { requireChangeable } from "./changeable";
import { findRestoreOrigin } from "./restore-origin";
import type { PlanInput } from "./stages";

/** What is asked for and about what: checked against the rights of the requester. */
type Subject = Pick<
  PlanInput,
  | "project"
  | "environmentId"
  | "environmentName"
  | "baseGeneration"
  | "version"
  | "context"
  | "origin"
  | "carriedSecrets"
>;

export interface LoadOptions {
  nowMs?: number;
  /** The waiting request that is planned again: what it reserved does not count beside itself. */
  again?: { requestId: string; environmentId: string };
}

/**
 * Reads everything that a plan depends on, once.
 * @throws AppError not_found, forbidden, conflict, validation_failed
 */
export async function loadPlanInput(
  actor: Actor,
  body: SystemRequestBody,
  { nowMs = Date.now(), again }: LoadOptions = {},
): Promise<PlanInput> {
  const subject =
    body.kind === "create"
      ? await loadCreation(actor, body, again?.environmentId)
      : await loadChange(actor, body);
  const { project, environmentId, context } = subject;
  const { takesQuota, work } = operationOf(body.kind);
  // What does the same to each component deletes nothing.
  const canLose = context !== null && work.plan !== "each";
  const [sheetOf, held, use, committed, sizes, backups, homes] = await Promise.all([
    loadPriceSheets(new Date(nowMs)),
    takesQuota && context ? heldByEnvironment(environmentId) : nothing,
    quotaUse(pooled, project.id, nothing, again?.requestId),
    project.budgetMonthly === null ? null : committedMonthly(project.id, again?.requestId),
    canLose ? observedSizes(environmentId) : new Map<string, number>(),
    canLose ? listGoodParts(environmentId) : [],
    canLose ? openHomes(context) : new Map<string, CloudConnection>(),
  ]);
  const facts = { sheetOf, nowMs, held, use, committed, sizes, backups, homes };
  return { kind: body.kind, body, ...subject, ...facts };
}

async function loadCreation(
  actor: Actor,
  body: CreateBody,
  environmentId = newId("environment"),
): Promise<Subject> {
  const project = await findProjectLimits(body.project);
  requirePermission(actor, operationOf(body.kind).permission, {
    projectId: project.id,
    what: "The project",
    objectType: "project",
  });
  const origin = body.backup ? await findRestoreOrigin(actor, project, body) : null;
  const version = await loadVersionByName(body.template, origin?.version ?? body.version);
  if (!origin) requireOffered(version);
  return {
    project,
    environmentId,
    environmentName: body.name,
    baseGeneration: 0,
    version,
    context: null,
    origin,
    carriedSecrets: await carriedSecrets(actor, body.secretsFrom, { projectId: project.id, version }),
  };
}

async function loadChange(
  actor: Actor,
  body: Exclude<SystemRequestBody, { kind: "create" }>,
): Promise<Subject> {
  const context = await loadEnvironment(body.environment);
  const { row } = context;
  const operation = operationOf(body.kind);
  requirePermission(actor, operation.permission, {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: row.id,
  });
  requireChangeable(row, body.kind);
  if (operation.needs.secrets) requireReadable(context);
  const [project, version]: [ProjectLimits, LoadedVersion] = await Promise.all([
    findProjectLimits(row.projectId),
    body.kind === "update" ? targetVersion(context, body.version) : context.version,
  ]);
  return {
    project,
    environmentId: row.id,
    environmentName: row.name,
    baseGeneration: row.generation,
    version,
    context,
    origin: null,
    carriedSecrets: {},
  };
}

/** The version that an update leads to. */
async function targetVersion(
  { version: current }: EnvironmentContext,
  wanted: string | undefined,
): Promise<LoadedVersion> {
  if (!wanted || wanted === current.version) return current;
  const version = await loadVersionByName(current.name, wanted);
  if (version.id !== current.id) requireOffered(version);
  return version;
}

function requireOffered(version: LoadedVersion): void {
  if (version.status === "published" || version.status === "deprecated") return;
  throw new AppError("validation_failed", `${version.title} ${version.version} is not published.`, {
    problems: [{ path: "version", message: "is not published" }],
  });
}

/** The clouds that an environment's components are on. */
async function openHomes({ existing }: EnvironmentContext): Promise<Map<string, CloudConnection>> {
  const ids = [...new Set([...existing.values()].map((one) => one.cloudId))];
  // One that can't be opened can't copy anything either; health checks tell of it.
  const opened = await Promise.allSettled(ids.map(async (id) => [id, await connectionFor(id)] as const));
  return new Map(opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
}
