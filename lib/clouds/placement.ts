import { unavailability } from "@/lib/kernel/cloud-health";
import { formatBytes } from "@/lib/kernel/format";
import type { ImplementationKind, Size } from "./contract";

const nothing: Size = { cpu: 0, memoryBytes: 0, storageBytes: 0 };

/** A cloud as placement sees it. */
export interface PlacementCandidate {
  id: string;
  name: string;
  title: string;
  implementations: readonly ImplementationKind[];
  labels: Record<string, string>;
  /** Null while it was never checked. */
  healthOk: boolean | null;
  /** What its last check said. */
  healthMessage: string;
  /** Null when the cloud cannot say how much room it has. */
  free: Size | null;
  /** Ports it can still give out; null when it gives out none or cannot say. */
  freePorts?: number | null;
  /** Component → why this cloud cannot run it as it stands: a program is missing, a replica too many. */
  refusals?: Readonly<Record<string, string>>;
  /** Demonstration clouds are taken only when they are asked for by name. */
  isDemo: boolean;
}

/** What a component asks of the cloud it shall run in. */
export interface PlacementDemand {
  component: string;
  /** In order of preference. */
  implementations: readonly ImplementationKind[];
  labels: Record<string, string>;
  size: Size;
  replicas: number;
  /** Ports that each implementation needs for one replica, by kind; absent: none. */
  ports?: Readonly<Partial<Record<ImplementationKind, number>>>;
  /** Where it is now and with how much; it stays there unless that is no longer possible. */
  current?: { cloudId: string; kind: ImplementationKind; size: Size; replicas: number };
}

export interface PlacedComponent {
  component: string;
  cloudId: string;
  cloudName: string;
  kind: ImplementationKind;
}

/** Why a cloud was or was not chosen, as a phrase after its name and a colon. */
export interface PlacementReason {
  cloud: string;
  chosen: boolean;
  reason: string;
}

export type PlacementResult =
  | { ok: true; placed: PlacedComponent[]; reasons: PlacementReason[] }
  | { ok: false; missing: string[]; reasons: PlacementReason[] };

/** Runtimes close to the metal of the platform come first: fewer moving parts for the same component. */
const kindOrder: readonly ImplementationKind[] = [
  "container",
  "process",
  "kubernetes",
  "terraform",
  "heat",
  "script",
  "ansible",
  "http",
];

/**
 * Chooses clouds for components: all in one cloud when one can run them all (links stay inside it), else each in
 * the best that can. A cloud named by the person (`wanted`) is taken or refused, never silently replaced.
 * Pure: health and room are what was last measured.
 */
export function placeComponents(
  demands: readonly PlacementDemand[],
  candidates: readonly PlacementCandidate[],
  wanted?: string,
): PlacementResult {
  const named =
    wanted === undefined ? undefined : candidates.find((one) => one.id === wanted || one.name === wanted);
  if (wanted !== undefined && !named) {
    const reason = "not an enabled cloud";
    return {
      ok: false,
      missing: demands.map((one) => one.component),
      reasons: [{ cloud: wanted, chosen: false, reason }],
    };
  }
  const eligible = named ? [named] : candidates.filter((one) => !one.isDemo || stays(demands, one));
  const ranked = eligible
    .map((candidate) => ({
      candidate,
      problem: problemOf(candidate, demands),
      score: score(candidate, demands),
    }))
    .sort(
      (left, right) => right.score - left.score || left.candidate.name.localeCompare(right.candidate.name),
    );
  const whole = ranked.find((one) => one.problem === null);
  const reasons = ranked.map((one) => ({
    cloud: one.candidate.title,
    chosen: one === whole,
    reason: one === whole ? "supports all components, healthy, has capacity" : (one.problem ?? "eligible"),
  }));
  if (whole) return { ok: true, placed: demands.map((demand) => put(demand, whole.candidate)), reasons };
  return spread(
    demands,
    ranked.map((one) => one.candidate),
    reasons,
  );
}

function spread(
  demands: readonly PlacementDemand[],
  candidates: readonly PlacementCandidate[],
  reasons: PlacementReason[],
): PlacementResult {
  const placed: PlacedComponent[] = [];
  const missing: PlacementDemand[] = [];
  // What a cloud takes of them counts against its room for the next.
  const taken = new Map<string, PlacementDemand[]>(candidates.map((one) => [one.id, []]));
  const problem = (one: PlacementCandidate, demand: PlacementDemand) =>
    problemOf(one, [...(taken.get(one.id) ?? []), demand]);
  for (const demand of demands) {
    const candidate = candidates.find((one) => problem(one, demand) === null);
    if (candidate) {
      placed.push(put(demand, candidate));
      taken.get(candidate.id)?.push(demand);
    } else missing.push(demand);
  }
  const [first] = missing;
  if (first) {
    return {
      ok: false,
      missing: missing.map((one) => one.component),
      reasons: candidates.map((one) => ({
        cloud: one.title,
        chosen: false,
        reason: problem(one, first) ?? "insufficient capacity",
      })),
    };
  }
  const used = new Set(placed.map((one) => one.cloudId));
  const told = reasons.map((one) => {
    const cloud = candidates.find((candidate) => candidate.title === one.cloud);
    return cloud && used.has(cloud.id) ? { ...one, chosen: true, reason: "supports some components" } : one;
  });
  return { ok: true, placed, reasons: told };
}

/** Null when the cloud can take all of the demands, else why not. */
function problemOf(candidate: PlacementCandidate, demands: readonly PlacementDemand[]): string | null {
  // Processor time is shared out when it is short; memory and disk are not.
  const need = { memoryBytes: 0, storageBytes: 0, ports: 0 };
  for (const demand of demands) {
    if (!kindFor(demand, candidate)) {
      return `can’t run ${demand.component} (${demand.implementations.join(" or ")})`;
    }
    for (const [label, value] of Object.entries(demand.labels)) {
      if (candidate.labels[label] !== value) return `no label ${label}=${value}`;
    }
    const refusal = candidate.refusals?.[demand.component];
    if (refusal) return `can’t run ${demand.component}: ${refusal}`;
    // What runs here already has its share; only growth needs room.
    const held = demand.current?.cloudId === candidate.id ? demand.current : { size: nothing, replicas: 0 };
    const grown = (now: number, before: number) => Math.max(0, now - before);
    need.memoryBytes += grown(
      demand.size.memoryBytes * demand.replicas,
      held.size.memoryBytes * held.replicas,
    );
    need.storageBytes += grown(demand.size.storageBytes, held.size.storageBytes);
    need.ports += grown(
      portsOf(demand, candidate, demand.replicas),
      portsOf(demand, candidate, held.replicas),
    );
  }
  // What runs there already may continue with what it has, even while the cloud's check fails.
  if (candidate.healthOk === false && !demands.every((one) => one.current?.cloudId === candidate.id)) {
    return unavailability(candidate.healthMessage);
  }
  const { freePorts } = candidate;
  if (freePorts != null && need.ports > freePorts)
    return `not enough free ports (${freePorts} free, ${need.ports} needed)`;
  if (!candidate.free) return null;
  if (need.memoryBytes > candidate.free.memoryBytes) {
    return `not enough free memory (${room(candidate.free.memoryBytes, need.memoryBytes)})`;
  }
  if (need.storageBytes > candidate.free.storageBytes) {
    return `not enough free disk (${room(candidate.free.storageBytes, need.storageBytes)})`;
  }
  return null;
}

/**
 * Ports of a component in a cloud: one for each that it listens on. With several replicas a process of its own listens for
 * each as well; containers have their networks for that.
 */
function portsOf(demand: PlacementDemand, candidate: PlacementCandidate, replicas: number): number {
  const kind = kindFor(demand, candidate);
  const each = (kind && demand.ports?.[kind]) ?? 0;
  if (replicas === 0) return 0;
  return kind === "process" && replicas > 1 ? each * (replicas + 1) : each;
}

function room(freeBytes: number, neededBytes: number): string {
  return `${formatBytes(freeBytes)} free, ${formatBytes(neededBytes)} needed`;
}

function score(candidate: PlacementCandidate, demands: readonly PlacementDemand[]): number {
  const here = demands.filter((one) => one.current?.cloudId === candidate.id).length;
  const priority = Number(candidate.labels.priority ?? "0");
  const room = candidate.free ? Math.min(candidate.free.memoryBytes / 2 ** 40, 1) : 0;
  return here * 1_000 + (Number.isFinite(priority) ? priority : 0) * 10 + (candidate.healthOk ? 1 : 0) + room;
}

function stays(demands: readonly PlacementDemand[], candidate: PlacementCandidate): boolean {
  return demands.some((one) => one.current?.cloudId === candidate.id);
}

/** The implementation a cloud would run; undefined when it can run none of them. */
export function kindFor(
  demand: Pick<PlacementDemand, "implementations" | "current">,
  candidate: Pick<PlacementCandidate, "id" | "implementations">,
): ImplementationKind | undefined {
  const possible = demand.implementations.filter((kind) => candidate.implementations.includes(kind));
  if (demand.current?.cloudId === candidate.id && possible.includes(demand.current.kind))
    return demand.current.kind;
  return kindOrder.find((kind) => possible.includes(kind));
}

function put(demand: PlacementDemand, candidate: PlacementCandidate): PlacedComponent {
  return {
    component: demand.component,
    cloudId: candidate.id,
    cloudName: candidate.title,
    kind: kindFor(demand, candidate) ?? "process",
  };
}
