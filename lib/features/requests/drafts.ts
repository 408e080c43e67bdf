import type { CloudConnection, DesiredComponent } from "@/lib/clouds/contract";
import { type PlacementReason, placeComponents } from "@/lib/clouds/placement";
import { sharingSteps } from "@/lib/engine/expressions";
import { carriedParameters, compileParameters, resolveParameters } from "@/lib/engine/parameters";
import {
  buildDestroyPlan,
  buildPlan,
  commonScope,
  type DesiredView,
  type EnvironmentInputs,
  type ExistingComponent,
  isWanted,
  namingComponent,
  type Placed,
  type PlanChange,
} from "@/lib/engine/plan";
import type { Manifest } from "@/lib/engine/template/types";
import { backupOf } from "@/lib/features/backups";
import { type LoadedVersion, loadVersionByName } from "@/lib/features/catalog";
import { connectionFor, placementCandidates } from "@/lib/features/clouds";
import { type EnvironmentContext, loadEnvironment, requireReadable } from "@/lib/features/environments";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import type { Masker } from "@/lib/platform/masking";
import { carriedSecrets } from "./carried-secrets";
import { componentChanges, startingTheRest } from "./component-changes";
import { demandOf, planMasker, warningsOf, withRefusals } from "./demands";
import { carriageOf } from "./moves";
import { changesOfOperation, requireChangeable } from "./operation-changes";
import { findProject, type ProjectRow } from "./project";
import { findRestoreOrigin, type RestoreOrigin, restoringFrom } from "./restore-origin";
import type { CreateBody, RequestKind, SystemRequestBody } from "./schema";

/** A request's plan before it is priced and judged. */
export interface Draft {
  kind: RequestKind;
  project: ProjectRow;
  environmentId: string;
  environmentName: string;
  version: LoadedVersion;
  baseGeneration: number;
  parameters: Record<string, unknown>;
  secretParameters: Record<string, unknown>;
  placement: Record<string, Placed>;
  changes: PlanChange[];
  reasons: PlacementReason[];
  /** What the chosen clouds do although people should think twice. */
  warnings: string[];
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
  const project = await findProject(body.project);
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

/** Kinds that need no secret: they work also where the key of an environment is lost. */
const bearUnreadable: ReadonlySet<string> = new Set(["destroy", "stop", "extend"]);

/** The plan of a change to an environment that exists. */
export async function draftChange(
  actor: Actor,
  body: Exclude<SystemRequestBody, { kind: "create" }>,
): Promise<Draft> {
  const context = await loadEnvironment(body.environment);
  const { row } = context;
  const permission = body.kind === "restore" ? "backup.restore" : "environment.request";
  requirePermission(actor, permission, {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: row.id,
  });
  requireChangeable(row, body.kind);
  if (!bearUnreadable.has(body.kind)) requireReadable(context);
  const project = await findProject(row.projectId);
  const base = {
    kind: body.kind as RequestKind,
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
  switch (body.kind) {
    case "update":
      return { ...base, ...(await draftUpdate(context, body)) };
    case "destroy":
      return {
        ...base,
        changes: buildDestroyPlan({
          manifest: context.inputs.manifest,
          existing: context.existing,
          isBackedUp: isBackedUpIn(context),
        }),
      };
    case "extend":
      return {
        ...base,
        leaseDays: body.leaseDays,
        changes: componentChanges(context, "no-op", "the lease is extended"),
      };
    default:
      return { ...base, changes: await changesOfOperation(context, body) };
  }
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

type Planned = Pick<Draft, "placement" | "changes" | "reasons" | "warnings">;

/** Places and plans; the driver of each cloud judges how its components change. */
async function planWith(
  unplaced: EnvironmentInputs,
  existing: Map<string, ExistingComponent>,
  wantedCloud: string | undefined,
  masker: Masker,
  before?: EnvironmentContext,
): Promise<Planned> {
  const common = commonScope(unplaced);
  try {
    const demands = sharingSteps(() =>
      Object.entries(unplaced.manifest.spec.components)
        .filter(([name, component]) => namingComponent(name, () => isWanted(component, common)))
        .map(([name, component]) => demandOf(name, component, common, existing)),
    );
    const candidates = await withRefusals(
      unplaced,
      common,
      demands,
      await placementCandidates(),
      wantedCloud,
      masker,
    );
    const result = placeComponents(demands, candidates, wantedCloud);
    if (!result.ok) {
      const why = result.reasons.map((one) => `${one.cloud} ${one.reason}`).join("; ");
      const message = `No cloud can run ${result.missing.join(", ")}: ${why || "there is no cloud"}.`;
      throw new AppError("no_placement", message, { detail: { reasons: result.reasons } });
    }
    const placement = Object.fromEntries(
      result.placed.map(({ component, cloudId, cloudName, kind }) => [
        component,
        { cloudId, cloudName, kind },
      ]),
    );
    const connections = await openAll([...new Set(result.placed.map((one) => one.cloudId))]);
    const departed = await openDeparted(existing, placement);
    const decide = (component: string, before: DesiredComponent, after: DesiredComponent) => {
      const connection = connections.get(placement[component]?.cloudId ?? "");
      if (!connection) return { action: "update" as const, disruptive: true, reason: "changed" };
      const verdict = connection.decideChange(before, after);
      return { ...verdict, reason: masker.mask(verdict.reason) };
    };
    const carry = (one: ExistingComponent, after: DesiredView) =>
      carriageOf({
        existing: one,
        after,
        toCloudName: placement[one.component]?.cloudName ?? "",
        from: departed.get(one.cloudId),
        to: connections.get(placement[one.component]?.cloudId ?? ""),
        backupBefore: before && backupOf(before.inputs.manifest, one.component, one.kind),
        backupAfter: backupOf(unplaced.manifest, one.component, after.kind),
      });
    const changes = buildPlan({
      ...unplaced,
      placement,
      existing,
      decide,
      carry,
      ...(before ? { isBackedUp: isBackedUpIn(before) } : {}),
    });
    const warnings = await warningsOf(unplaced, common, changes, connections, masker);
    return { placement, changes, reasons: result.reasons, warnings };
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Expressions and quantities of the template fail on these parameters.
    const masked = masker.maskError(error);
    throw new AppError("validation_failed", `The template cannot be resolved: ${messageOf(masked)}`, {
      cause: masked,
    });
  }
}

/** Whether the environment's present version backs a component up. */
function isBackedUpIn({ inputs, existing }: EnvironmentContext): (component: string) => boolean {
  return (component) =>
    backupOf(inputs.manifest, component, existing.get(component)?.kind ?? "") !== undefined;
}

/** The clouds that components leave; one that can't be opened is missing. */
async function openDeparted(
  existing: ReadonlyMap<string, ExistingComponent>,
  placement: Record<string, Placed>,
): Promise<Map<string, CloudConnection>> {
  const left = [...existing.values()].flatMap(({ component, cloudId }) =>
    placement[component] && placement[component]?.cloudId !== cloudId ? [cloudId] : [],
  );
  const opened = await Promise.allSettled([...new Set(left)].map((id) => openAll([id])));
  return new Map(opened.flatMap((one) => (one.status === "fulfilled" ? [...one.value] : [])));
}

async function openAll(cloudIds: readonly string[]): Promise<Map<string, CloudConnection>> {
  const opened = await Promise.all(cloudIds.map(async (id) => [id, await connectionFor(id)] as const));
  return new Map(opened);
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
  throw new AppError("validation_failed", "Some parameters are not valid.", {
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

function longestLease(manifest: Manifest, project: ProjectRow): number {
  return Math.min(
    daysOf(manifest.spec.lifecycle.lease.max),
    project.maxLeaseDays ?? Number.POSITIVE_INFINITY,
  );
}

/** Whole days of a duration of the manifest, at least one. */
export function daysOf(duration: string): number {
  return Math.max(1, Math.floor(parseDurationMs(duration) / dayMs));
}
