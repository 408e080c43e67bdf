import { carriedParameters, compileParameters, resolveParameters } from "@/lib/engine/parameters";
import type { EnvironmentInputs } from "@/lib/engine/plan";
import type { Manifest } from "@/lib/engine/template/types";
import type { LoadedVersion } from "@/lib/features/catalog";
import type { EnvironmentContext } from "@/lib/features/environments";
import type { ProjectLimits } from "@/lib/features/projects";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError } from "@/lib/kernel/errors";
import type { CreateBody } from "../schema";
import type { PlanInput, ResolvedPlan } from "./stages";

const dayMs = 86_400_000;

/** Parameters and lease as they are after the change. Pure. @throws AppError validation_failed */
export function resolvePlan(input: PlanInput): ResolvedPlan {
  const { project, version, nowMs } = input;
  const values = valuesOf(input);
  const days = leaseDaysOf(input);
  return {
    ...input,
    ...values,
    lease: days === null ? null : { days, endsAt: new Date(nowMs + days * dayMs).toISOString() },
    maxLeaseDays: longestLease(version.manifest, project),
  };
}

type Values = Pick<ResolvedPlan, "parameters" | "secretParameters" | "inputs">;

function valuesOf(input: PlanInput): Values {
  const { body, context } = input;
  if (body.kind === "create") return valuesOfCreation(input, body);
  if (!context) throw new Error(`A change of ${input.environmentId} has no environment.`);
  if (body.kind === "update") return valuesOfUpdate(input, context, body.parameters);
  const { parameters, secretParameters } = context.inputs;
  return {
    parameters: context.row.parameters,
    secretParameters: pick(parameters, secretParameters),
    inputs: null,
  };
}

function valuesOfCreation(input: PlanInput, body: CreateBody): Values {
  const { version, origin, project } = input;
  const known = new Set(compileParameters(version.manifest).names);
  // A backup from before an upgrade: its version may not know every parameter of today.
  const earlier = Object.entries(origin?.parameters ?? {}).filter(([name]) => known.has(name));
  const parameters = resolveOrThrow(version.manifest, {
    ...Object.fromEntries(earlier),
    ...input.carriedSecrets,
    ...body.parameters,
  });
  const environment = { id: input.environmentId, name: body.name, project: project.slug };
  const inputs = inputsOf(version, parameters, environment);
  return { ...splitSecrets(inputs.secretParameters, parameters), inputs };
}

function valuesOfUpdate(
  { version }: PlanInput,
  { inputs: present }: EnvironmentContext,
  given: Record<string, unknown>,
): Values {
  const kept = carriedParameters(present.manifest, version.manifest, present.parameters);
  const parameters = resolveOrThrow(version.manifest, { ...kept, ...given });
  const fresh = inputsOf(version, parameters, present.environment);
  const inputs: EnvironmentInputs = {
    ...fresh,
    // What was secret stays secret, whatever the new version says: its value may be the old one.
    secretParameters: new Set([...present.secretParameters, ...fresh.secretParameters]),
    secrets: present.secrets,
  };
  return { ...splitSecrets(inputs.secretParameters, parameters), inputs };
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
): Pick<Values, "parameters" | "secretParameters"> {
  return {
    parameters: Object.fromEntries(Object.entries(all).filter(([name]) => !secrets.has(name))),
    secretParameters: pick(all, secrets),
  };
}

function pick(all: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => names.has(name) && value !== null));
}

/** The days of the new lease; null when it stays as it is. */
function leaseDaysOf({ body, version, project }: PlanInput): number | null {
  if (body.kind === "extend") return body.leaseDays;
  if (body.kind !== "create") return null;
  const usual = daysOf(version.manifest.spec.lifecycle.lease.default);
  return body.leaseDays ?? Math.min(usual, project.maxLeaseDays ?? Number.POSITIVE_INFINITY);
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
