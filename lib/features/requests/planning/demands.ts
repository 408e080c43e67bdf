import type { CloudConnection, Problem } from "@/lib/clouds/contract";
import { logicalPorts } from "@/lib/clouds/logical-ports";
import { kindFor, type PlacementCandidate, type PlacementDemand } from "@/lib/clouds/placement";
import { evaluateDeep, isUnknown } from "@/lib/engine/expressions";
import {
  type ComponentDrafter,
  componentDrafter,
  type DraftedComponent,
  type EnvironmentInputs,
  type ExistingComponent,
  namingComponent,
  type PlanChange,
  resolveReplicas,
} from "@/lib/engine/plan";
import { implementationSchemas } from "@/lib/engine/template";
import type { Component, ImplementationKind } from "@/lib/engine/template/types";
import { connectionFor } from "@/lib/features/clouds";
import { messageOf } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { parseBytes, parseCpu } from "@/lib/kernel/quantities";
import { moduleLog } from "@/lib/platform/log";
import { Masker } from "@/lib/platform/masking";

/** A cloud that is slow to judge must not hold up a form; its health check tells of it soon enough. */
const judgeMs = 3_000;

/** What one wanted component asks of a cloud. Sizes that only the run will know count as nothing. */
export function demandOf(
  name: string,
  component: Component,
  common: Record<string, unknown>,
  existing: Map<string, ExistingComponent>,
): PlacementDemand {
  return namingComponent(name, () => readDemand(name, component, common, existing));
}

function readDemand(
  name: string,
  component: Component,
  common: Record<string, unknown>,
  existing: Map<string, ExistingComponent>,
): PlacementDemand {
  const { size, labels } = evaluateDeep({ size: component.size, labels: component.labels }, common).value;
  const read = (value: unknown, parse: (value: string | number) => number) =>
    isUnknown(value) ? 0 : parse(value as string | number);
  const current = existing.get(name);
  return {
    component: name,
    implementations: (Object.keys(implementationSchemas) as ImplementationKind[]).filter(
      (kind) => component[kind],
    ),
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
    size: {
      cpu: read(size.cpu, parseCpu),
      memoryBytes: read(size.memory, parseBytes),
      storageBytes: read(size.storage, parseBytes),
    },
    replicas: resolveReplicas(component, common),
    ports: Object.fromEntries(
      (["container", "process"] as const).flatMap((kind) => {
        const block = component[kind];
        return block ? [[kind, new Set(logicalPorts(block)).size]] : [];
      }),
    ),
    ...(current
      ? {
          current: {
            cloudId: current.cloudId,
            kind: current.kind,
            size: current.view.size,
            replicas: current.view.replicas,
          },
        }
      : {}),
  };
}

/**
 * The clouds with what each of them cannot do of these components as it stands: a server that is not installed, more
 * replicas than it runs. Asked of the drivers before anything is chosen, so that the form says it and not the run.
 * @throws Error when an expression of the template fails
 */
export async function withRefusals<Candidate extends PlacementCandidate>(
  inputs: EnvironmentInputs,
  common: Record<string, unknown>,
  demands: readonly PlacementDemand[],
  candidates: readonly Candidate[],
  wanted: string | undefined,
  masker: Masker,
): Promise<Candidate[]> {
  const isAsked = (one: Candidate) =>
    one.healthOk !== false &&
    (wanted === undefined ? !one.isDemo || isHome(one, demands) : one.id === wanted || one.name === wanted);
  const drafted = componentDrafter(inputs, common);
  return await Promise.all(
    candidates.map(async (one) =>
      isAsked(one) ? { ...one, refusals: await refusalsOf(one, demands, drafted, masker, inputs) } : one,
    ),
  );
}

/** Drivers and expressions may quote what they refuse, and everybody who sees the plan reads it. */
export function planMasker(inputs: readonly EnvironmentInputs[]): Masker {
  return new Masker(
    inputs.flatMap(({ parameters, secretParameters, secrets }) => [
      ...[...secretParameters].map((name) => parameters[name]),
      secrets,
    ]),
  );
}

function isHome(candidate: PlacementCandidate, demands: readonly PlacementDemand[]): boolean {
  return demands.some((one) => one.current?.cloudId === candidate.id);
}

async function refusalsOf(
  candidate: PlacementCandidate,
  demands: readonly PlacementDemand[],
  drafted: ComponentDrafter,
  masker: Masker,
  { manifest }: EnvironmentInputs,
): Promise<Record<string, string>> {
  const drafts = demands.flatMap(({ component, ...demand }) => {
    const kind = kindFor(demand, candidate);
    return kind ? [{ component, kind, draft: drafted(component, kind) }] : [];
  });
  try {
    const connection = await within(connectionFor(candidate.id));
    const judged = await Promise.all(
      drafts.map(async ({ component, kind, draft }) => {
        const problems = await problemsOf(connection, kind, draft);
        if (!connection.exec && checksByCommand(manifest.spec.components[component], kind))
          problems.push("the health check runs a command, which this cloud doesn’t support");
        return problems.length > 0 ? [[component, masker.mask(problems.join("; "))] as const] : [];
      }),
    );
    return Object.fromEntries(judged.flat());
  } catch (error) {
    moduleLog("requests").warn(
      { cloud: candidate.name },
      `the cloud check failed: ${masker.mask(messageOf(error))}`,
    );
    return Object.fromEntries(drafts.map(({ component }) => [component, "the cloud is unreachable"]));
  }
}

function checksByCommand(component: Component | undefined, kind: ImplementationKind): boolean {
  const health = component?.[kind]?.health ?? component?.health;
  return health?.exec !== undefined;
}

async function problemsOf(
  connection: CloudConnection,
  kind: ImplementationKind,
  draft: DraftedComponent,
): Promise<string[]> {
  const problems = await within(connection.validate(draft.desired));
  return problems.filter((one) => !isUnknownYet(one, kind, draft)).map((one) => one.message);
}

/** A complaint about a text that only stands in for what the run will know. */
function isUnknownYet({ path }: Problem, kind: ImplementationKind, draft: DraftedComponent): boolean {
  const at = path.startsWith(`${kind}.`) ? path.slice(kind.length + 1) : path;
  return draft.unknownPaths.some((pointer) => {
    const dotted = pointer.slice(1).replaceAll("/", ".");
    return at === dotted || dotted.startsWith(`${at}.`) || at.startsWith(`${dotted}.`);
  });
}

/**
 * What the chosen clouds say to what is made or changed, a sentence for each. A cloud that is silent has no say: it was
 * asked whether it can run this a moment ago, and its answer to that stands.
 */
export async function warningsOf(
  inputs: EnvironmentInputs,
  common: Record<string, unknown>,
  changes: readonly PlanChange[],
  connections: ReadonlyMap<string, CloudConnection>,
  masker: Masker,
): Promise<string[]> {
  const drafted = componentDrafter(inputs, common);
  const made = changes.filter(({ action }) => ["create", "update", "replace", "move"].includes(action));
  const told = await Promise.all(
    made.map(async ({ component, kind, cloud }) => {
      const connection = connections.get(cloud.id);
      if (!connection?.warnings) return [];
      try {
        const draft = drafted(component, kind);
        const warnings = await within(connection.warnings(draft.desired));
        return warnings
          .filter((one) => !isUnknownYet(one, kind, draft))
          .map((one) => `${component} ${masker.mask(one.message)}`);
      } catch (error) {
        moduleLog("requests").warn(
          { cloud: cloud.name },
          `cloud warnings unavailable: ${masker.mask(messageOf(error))}`,
        );
        return [];
      }
    }),
  );
  return told.flat();
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${formatDuration(judgeMs)}`)), judgeMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
