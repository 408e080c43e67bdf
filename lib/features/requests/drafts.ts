import type { PlacementReason } from "@/lib/clouds/placement";
import { carriedParameters, compileParameters, resolveParameters } from "@/lib/engine/parameters";
import type { EnvironmentInputs } from "@/lib/engine/plan";
import type { Manifest } from "@/lib/engine/template/types";
import { type LoadedVersion, loadVersionByName } from "@/lib/features/catalog";
import { type EnvironmentContext, loadEnvironment, requireReadable } from "@/lib/features/environments";
import { findProjectLimits, type ProjectLimits } from "@/lib/features/projects";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { carriedSecrets } from "./carried-secrets";
import { startingTheRest } from "./component-changes";
import { planMasker } from "./demands";
import { changesOf, requireChangeable } from "./operation-changes";
import { operationOf } from "./operations";
import { type Planned, planWith } from "./plan-with-clouds";
import { findRestoreOrigin, type RestoreOrigin, restoringFrom } from "./restore-origin";
import type { CreateBody, RequestKind, SystemRequestBody } from "./schema";

/** A request's plan before it is priced and judged. */
export interface Draft extends Planned {
  kind: RequestKind;
  project: ProjectLimits;
  environmentId: string;
  environmentName: string;
  version: LoadedVersion;
  baseGeneration: number;
  parameters: Record<string, unknown>;
  secretParameters: Record<string, unknown>;
  /** Null when the lease stays as it is. */
  leaseDays: number | null;
  maxLeaseDays: number | null;
  leaseEndsAt: Date | null;
  /** What is there before the change; null for a new environment. */
  context: EnvironmentContext | null;
  /** The backup that a new environment begins with. */
  origin: RestoreOrigin | null;
}

const dayMs = 86_400_000;

/** The plan of a new environment. */
export async function draftCreate(
  actor: Actor,
  body: CreateBody,
  environmentId = newId("environment"),
): Promise<Draft> {
  const project = await findProjectLimits(body.project);
  requirePermission(actor, "environment.request", {
    projectId: project.id,
    what: "The project",
    objectType: "project",
  });
  const origin = body.backup ? await findRestoreOrigin(actor, project, body) : null;
  const version = await loadVersionByName(body.template, origin?.version ?? body.version);
  if (!origin) requireOffered(version);
  const known = new Set(compileParameters(version.manifest).names);
  // A backup from before an upgrade: its version may not know every parameter of today.
  const earlier = Object.entries(origin?.parameters ?? {}).filter(([name]) => known.has(name));
  const carried = await carriedSecrets(actor, body.secretsFrom, { projectId: project.id, version });
  const parameters = resolveOrThrow(version.manifest, {
    ...Object.fromEntries(earlier),
    ...carried,
    ...body.parameters,
  });
  const inputs = inputsOf(version, parameters, {
    id: environmentId,
    name: body.name,
    project: project.slug,
  });
  const planned = await planWith(inputs, new Map(), body.cloud, planMasker([inputs]));
  const { lease } = version.manifest.spec.lifecycle;
  const changes = origin ? restoringFrom(origin, planned.changes) : planned.changes;
  return {
    kind: "create",
    project,
    environmentId,
    environmentName: body.name,
    version,
    baseGeneration: 0,
    ...splitSecrets(inputs.secretParameters, parameters),
    ...planned,
    changes,
    context: null,
    origin,
    leaseDays:
      body.leaseDays ?? Math.min(daysOf(lease.default), project.maxLeaseDays ?? Number.POSITIVE_INFINITY),
    maxLeaseDays: longestLease(version.manifest, project),
    leaseEndsAt: null,
  };
}

/** The plan of a change to an environment that exists. */
export async function draftChange(
  actor: Actor,
  body: Exclude<SystemRequestBody, { kind: "create" }>,
): Promise<Draft> {
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
  const project = await findProjectLimits(row.projectId);
  const base = {
    kind: body.kind,
    project,
    environmentId: row.id,
    environmentName: row.name,
    version: context.version,
    baseGeneration: row.generation,
    parameters: row.parameters,
    secretParameters: pick(context.inputs.parameters, context.inputs.secretParameters),
    placement: row.placement,
    reasons: [] as PlacementReason[],
    warnings: [] as string[],
    leaseDays: null as number | null,
    maxLeaseDays: longestLease(context.version.manifest, project),
    leaseEndsAt: row.leaseEndsAt,
    context,
    origin: null,
  };
  if (body.kind === "update") return { ...base, ...(await draftUpdate(context, body)) };
  if (body.kind === "extend")
    return { ...base, leaseDays: body.leaseDays, changes: await changesOf(context, body) };
  return { ...base, changes: await changesOf(context, body) };
}

async function draftUpdate(
  context: EnvironmentContext,
  body: { version?: string | undefined; parameters: Record<string, unknown>; cloud?: string | undefined },
): Promise<Pick<Draft, "version" | "parameters" | "secretParameters"> & Planned> {
  const current = context.version;
  const version =
    body.version && body.version !== current.version
      ? await loadVersionByName(current.name, body.version)
      : current;
  if (version.id !== current.id) requireOffered(version);
  const kept = carriedParameters(context.inputs.manifest, version.manifest, context.inputs.parameters);
  const parameters = resolveOrThrow(version.manifest, { ...kept, ...body.parameters });
  const fresh = inputsOf(version, parameters, context.inputs.environment);
  const inputs: EnvironmentInputs = {
    ...fresh,
    // What was secret stays secret, whatever the new version says: its value may be the old one.
    secretParameters: new Set([...context.inputs.secretParameters, ...fresh.secretParameters]),
    secrets: context.inputs.secrets,
  };
  const masker = planMasker([inputs, context.inputs]);
  const planned = await planWith(inputs, context.existing, body.cloud, masker, context);
  const changes = context.row.status === "stopped" ? startingTheRest(planned.changes) : planned.changes;
  return { version, ...splitSecrets(inputs.secretParameters, parameters), ...planned, changes };
}

/** The inputs of an environment that is not placed yet. */
export function inputsOf(
  version: LoadedVersion,
  parameters: Record<string, unknown>,
  environment: EnvironmentInputs["environment"],
): EnvironmentInputs {
  return {
    manifest: version.manifest,
    parameters,
    secretParameters: new Set(compileParameters(version.manifest).secrets),
    secrets: {},
    environment,
    placement: {},
    filesDigest: version.filesDigest,
  };
}

function resolveOrThrow(manifest: Manifest, given: Record<string, unknown>): Record<string, unknown> {
  const resolved = resolveParameters(manifest, given);
  if (resolved.ok) return resolved.value;
  throw new AppError("validation_failed", "Some parameters are invalid.", {
    problems: resolved.problems.map((one) => ({
      path: one.parameter ? `parameters.${one.parameter}` : "parameters",
      message: one.message,
    })),
  });
}

function splitSecrets(
  secrets: ReadonlySet<string>,
  all: Record<string, unknown>,
): Pick<Draft, "parameters" | "secretParameters"> {
  return {
    parameters: Object.fromEntries(Object.entries(all).filter(([name]) => !secrets.has(name))),
    secretParameters: pick(all, secrets),
  };
}

function pick(all: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => names.has(name) && value !== null));
}

function requireOffered(version: LoadedVersion): void {
  if (version.status === "published" || version.status === "deprecated") return;
  throw new AppError("validation_failed", `${version.title} ${version.version} is not published.`, {
    problems: [{ path: "version", message: "is not published" }],
  });
}

function longestLease(manifest: Manifest, project: ProjectLimits): number {
  return Math.min(
    daysOf(manifest.spec.lifecycle.lease.max),
    project.maxLeaseDays ?? Number.POSITIVE_INFINITY,
  );
}

/** Whole days of a duration of the manifest, at least one. */
export function daysOf(duration: string): number {
  return Math.max(1, Math.floor(parseDurationMs(duration) / dayMs));
}
