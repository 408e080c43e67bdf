import { containerSchema } from "@/lib/engine/template/schema-implementations";
import type { ContainerSpec } from "@/lib/engine/template/types";
import { canonicalJson, digestOf } from "@/lib/kernel/canonical";
import { parseDurationMs } from "@/lib/kernel/durations";
import { type ChangeVerdict, type DesiredComponent, DriverError, type Problem } from "../contract";
import { parsedOnce } from "../parsed-once";
import { containment } from "./contained";
import { refusedKeys } from "./refused-rules";

export interface LogicalPort {
  port: number;
  protocol: "tcp" | "udp";
  /** Listed under `ports` (for people), not only under `expose` (for neighbors). */
  published: boolean;
}

export interface Mount {
  volume: string;
  path: string;
  readOnly: boolean;
}

/** A manifest's container block in the driver's own terms. */
export interface ContainerPlan {
  spec: ContainerSpec;
  image: string;
  ports: LogicalPort[];
  mounts: Mount[];
  /** Logical port of the url: the first TCP port under `ports`. */
  web: number | null;
}

/** Reads the container block of a desired component; what is wrong with it comes back as problems. */
export const readPlan = parsedOnce(parsePlan);

function parsePlan(desired: DesiredComponent): { plan: ContainerPlan } | { problems: Problem[] } {
  // Overrides of backup and health are the engine's business and may hold what this schema need not know.
  const { backup: _backup, health: _health, ...own } = desired.spec;
  const refused = refusedKeys(own);
  const names = new Set(refused.map((problem) => problem.path));
  const rest = Object.fromEntries(Object.entries(own).filter(([key]) => !names.has(key)));
  const parsed = containerSchema.safeParse(rest);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    return { problems: [...refused, ...wrong] };
  }
  const unresolved = expressionsLeft(rest);
  if (refused.length + unresolved.length > 0) return { problems: [...refused, ...unresolved] };
  const spec = parsed.data;
  const ports = readPorts(spec);
  const web = ports.find((entry) => entry.published && entry.protocol === "tcp")?.port ?? null;
  return { plan: { spec, image: withTag(spec.image), ports, mounts: spec.volumes.map(readMount), web } };
}

/** Keys whose values the manifest's schema judges only once an expression in them is resolved. */
const judgedLater = [
  "ports",
  "expose",
  "volumes",
  "healthcheck",
  "stop_grace_period",
  "read_only",
  "init",
  "files",
] as const;

/** Expressions are resolved by now. A text that looks like one would pass the schema unchecked. */
function expressionsLeft(spec: Record<string, unknown>): Problem[] {
  return judgedLater.flatMap((key) =>
    JSON.stringify(spec[key] ?? null).includes("${{")
      ? [{ path: key, message: "expressions must be resolved first; ${{ can’t be part of a value here" }]
      : [],
  );
}

/** Like `readPlan`, for calls that cannot continue without a plan. */
export function requirePlan(desired: DesiredComponent): ContainerPlan {
  const read = readPlan(desired);
  if ("plan" in read) return read.plan;
  const reasons = read.problems.map((problem) => `${problem.path}: ${problem.message}`).join("; ");
  throw new DriverError("permanent", `Invalid container block: ${reasons}`);
}

function readPorts(spec: ContainerSpec): LogicalPort[] {
  const found = new Map<string, LogicalPort>();
  for (const text of spec.ports) {
    // The published half of "8080:80" is a wish the manifest cannot know to be free: the driver chooses.
    const [mapping, protocol] = text.split("/");
    const port = Number(mapping?.split(":").at(-1));
    const kind = protocol === "udp" ? "udp" : "tcp";
    found.set(`${port}/${kind}`, { port, protocol: kind, published: true });
  }
  for (const port of spec.expose.map(Number)) {
    if (!found.has(`${port}/tcp`)) found.set(`${port}/tcp`, { port, protocol: "tcp", published: false });
  }
  return [...found.values()];
}

function readMount(text: string): Mount {
  const [volume = "", path = "", mode] = text.split(":");
  return { volume, path, readOnly: mode === "ro" };
}

/** An image without tag or digest means its tag latest, never every tag of the repository. */
function withTag(image: string): string {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return name.includes(":") || image.includes("@") ? image : `${image}:latest`;
}

export function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}

/** Does this component need a balancer in front of it? Only then do its replicas not publish ports themselves. */
export function needsBalancer(plan: ContainerPlan, replicas: number): boolean {
  return replicas > 1 && plan.ports.some((entry) => entry.protocol === "tcp");
}

/**
 * Digest of what a living container cannot change. `found` is what the change finds out on the engine: the image's
 * content and, where root is refused, its user's number. Limits of CPU, memory and processes can; that of open files
 * can't.
 */
export function shapeOf(
  plan: ContainerPlan,
  desired: DesiredComponent,
  hostPorts: Record<string, number>,
  bind: string,
  found: { image?: string; user?: string | undefined; openFilesLimit?: number } = {},
): string {
  return digestOf({
    containment,
    found,
    spec: plan.spec,
    files: desired.filesDigest,
    published: needsBalancer(plan, desired.replicas) ? null : { bind, hostPorts },
  });
}

/** How a component gets from one desired state to another. Pure. */
export function decideChange(before: DesiredComponent, after: DesiredComponent): ChangeVerdict {
  if (before.kind !== after.kind) {
    return { action: "replace", disruptive: true, reason: `The component becomes a ${after.kind}.` };
  }
  const old = readPlan(before);
  const wanted = readPlan(after);
  if ("problems" in old || "problems" in wanted) {
    return { action: "update", disruptive: true, reason: "The container is recreated." };
  }
  const gone = old.plan.mounts.find(
    (mount) => !wanted.plan.mounts.some((kept) => kept.volume === mount.volume),
  );
  if (gone) {
    return {
      action: "update",
      disruptive: true,
      reason: `The container is recreated, and its volume ${gone.volume} is deleted with its data.`,
    };
  }
  if (shapeOf(old.plan, before, {}, "") !== shapeOf(wanted.plan, after, {}, "")) {
    const moved = needsBalancer(old.plan, before.replicas) !== needsBalancer(wanted.plan, after.replicas);
    const same = canonicalJson(old.plan.spec) === canonicalJson(wanted.plan.spec);
    const reason =
      moved && same && before.filesDigest === after.filesDigest
        ? "The address moves between the container and a balancer: about one second of interruption."
        : "The container is recreated. Its data and address are kept.";
    return { action: "update", disruptive: true, reason };
  }
  return { action: "update", disruptive: false, reason: "Limits and replicas change without a restart." };
}
