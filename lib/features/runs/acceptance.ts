import { setTimeout as sleep } from "node:timers/promises";
import { DriverError } from "@/lib/clouds/contract";
import { evaluateDeep } from "@/lib/engine/expressions";
import { neighborScope, type Published } from "@/lib/engine/plan";
import type { StepContext } from "@/lib/engine/run";
import { connectionFor } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";
import { parseDurationMs } from "@/lib/kernel/durations";
import { messageOf } from "@/lib/kernel/errors";
import { AddressError, endpointKey, type OutgoingPolicy, requestOutgoing } from "@/lib/platform/outgoing";

const maxAnswerBytes = 1024 * 1024;

/** The template's own outputs, as people outside the clouds see them. */
export function templateOutputs(
  context: EnvironmentContext,
  published: ReadonlyMap<string, Published>,
  common: Record<string, unknown>,
): { name: string; title: string; description: string; value: unknown; secret: boolean }[] {
  const { spec } = context.inputs.manifest;
  const components = neighborScope(context.inputs, null, [...published.keys()], published);
  return Object.entries(spec.outputs).map(([name, output]) => {
    const result = evaluateDeep({ value: output.value }, { ...common, components });
    return {
      name,
      title: output.title ?? name,
      description: output.description ?? "",
      value: result.unknownPaths.length > 0 ? null : result.value.value,
      secret: output.sensitive || result.secretPaths.length > 0,
    };
  });
}

/**
 * Makes the template's acceptance checks against the new environment, each until it passes or its time is over. A
 * simulated cloud can’t be checked.
 * @throws DriverError permanent, naming the check that failed and what was seen
 */
export async function verifyAcceptance(
  context: EnvironmentContext,
  published: ReadonlyMap<string, Published>,
  common: Record<string, unknown>,
  step: StepContext,
): Promise<void> {
  if (await pretends(context)) {
    step.log("Skipped: simulated cloud.");
    return;
  }
  const outputs = Object.fromEntries(
    templateOutputs(context, published, common).map((output) => [output.name, output.value]),
  );
  const components = neighborScope(context.inputs, null, [...published.keys()], published);
  const checks = evaluateDeep(context.inputs.manifest.spec.acceptance, {
    ...common,
    components,
    outputs,
  }).value;
  const policy = { own: ownAddresses(published) };
  for (const check of checks) {
    const problem = await pass(check, policy, step.signal);
    if (problem)
      throw new DriverError("permanent", `Acceptance check "${check.name ?? check.http}" failed: ${problem}`);
    step.log(`${check.name ?? check.http}: passed.`);
  }
}

async function pretends({ inputs }: EnvironmentContext): Promise<boolean> {
  const clouds = [...new Set(Object.values(inputs.placement).map((placed) => placed.cloudId))];
  const connections = await Promise.all(clouds.map((cloudId) => connectionFor(cloudId)));
  return connections.length > 0 && connections.every((one) => one.pretends);
}

/** What the environment itself listens on, as host:port: checks may ask it wherever it is. */
function ownAddresses(published: ReadonlyMap<string, Published>): Set<string> {
  const endpoints = [...published.values()].flatMap((one) => [one.internal, one.external]);
  return new Set(
    endpoints.flatMap(({ host, ports }) => Object.values(ports).map((port) => endpointKey(host, port))),
  );
}

async function pass(
  check: { http: string; status: number; contains?: string | undefined; timeout: string },
  policy: OutgoingPolicy,
  signal: AbortSignal,
): Promise<string | null> {
  const endMs = Date.now() + parseDurationMs(check.timeout);
  let problem = "not attempted";
  do {
    try {
      problem = (await attempt(check, policy, signal)) ?? "";
    } catch (error) {
      // Waiting does not change what an address is; a name may come to resolve.
      if (error instanceof AddressError) return error.message;
      problem = messageOf(error);
    }
    if (problem === "") return null;
    if (signal.aborted) return problem;
    await sleep(500);
  } while (Date.now() < endMs);
  return problem;
}

async function attempt(
  check: { http: string; status: number; contains?: string | undefined },
  policy: OutgoingPolicy,
  signal: AbortSignal,
): Promise<string | null> {
  const options = { policy, signal, timeoutMs: 10_000, maxBytes: maxAnswerBytes };
  const { status, body } = await requestOutgoing(check.http, options);
  if (status !== check.status) return `HTTP ${status}, expected ${check.status}`;
  if (check.contains && !body.toString("utf8").includes(check.contains))
    return `the response does not contain "${check.contains}"`;
  return null;
}
