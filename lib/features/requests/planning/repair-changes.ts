import type { Fault } from "@/lib/clouds/contract";
import { buildPlan, type DataLoss, type ExistingComponent, type PlanChange } from "@/lib/engine/plan";
import { newestGoodBackup } from "@/lib/features/backups";
import { connectionFor } from "@/lib/features/clouds";
import { type EnvironmentContext, maskFor } from "@/lib/features/environments";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { Graph } from "@/lib/kernel/graph";

const lookMs = 20_000;

/** What was found of one component outside. */
interface Finding {
  faults: Fault[];
  /** What its health check said; null when it passed, could not be made, or there is none. */
  failing: string | null;
}

/**
 * The changes of a repair: looks at everything outside and brings back what is gone, damaged, stopped or failing, in the
 * order of the edges. What depends on it is looked at again. Nothing is removed or moved.
 * @param only one component; all when absent
 * @throws AppError conflict when nothing is broken, unavailable when a cloud can't be asked
 */
export async function repairChanges(context: EnvironmentContext, only?: string): Promise<PlanChange[]> {
  const findings = await examineAll(context, only);
  const changes = await changesFor(context, findings, "repair");
  if (changes.every((one) => one.action === "no-op"))
    throw new AppError("conflict", "Nothing to repair. No component is missing or broken.");
  return changes;
}

/**
 * The changes of healing one component by making it again, with the data of its newest good backup or without.
 * @throws AppError conflict when data of it is gone that no one said may be restored, unavailable as above
 */
export async function recreationChanges(
  context: EnvironmentContext,
  component: string,
  { restores }: { restores: boolean },
): Promise<PlanChange[]> {
  const findings = await examineAll(context, component);
  const all = await changesFor(context, findings, "recreate", component);
  const loss = all.find((one) => one.component === component)?.dataLoss;
  if (loss && !(restores && loss.backup)) throw new AppError("conflict", `The data of ${component} is lost.`);
  return withDependents(all, component);
}

/** One component's change, and those of what depends on it where its links may change; in the order of the edges. */
function withDependents(all: readonly PlanChange[], component: string): PlanChange[] {
  const touched = all.filter((one) => one.component === component || one.action !== "no-op" || one.follows);
  const dependents = Graph.of(touched.map((one) => [one.component, one.dependsOn] as const)).descendants(
    component,
  );
  return all.filter((one) => one.component === component || dependents.has(one.component));
}

/** What a repair can't bring back as it was, in words; nothing where all data is there. */
export function lossSentence({ component, dataLoss }: PlanChange): string[] {
  if (!dataLoss) return [];
  const what = `${component}: ${dataLoss.what.join(", ")} can’t be recovered.`;
  if (!dataLoss.backup) return [`${what} No backup exists. The component starts empty.`];
  const from = `the backup of ${spoken(dataLoss.backup.takenAt)}`;
  return [`${what} Data is restored from ${from}. Later changes are lost.`];
}

function spoken(takenAt: string): string {
  return `${takenAt.slice(0, 16).replace("T", " ")} UTC`;
}

async function changesFor(
  context: EnvironmentContext,
  findings: ReadonlyMap<string, Finding>,
  action: "repair" | "recreate",
  forced?: string,
): Promise<PlanChange[]> {
  const { inputs } = context;
  // What is gone publishes nothing: whatever uses it is resolved again once it is back.
  const standing = [...context.existing].filter(
    ([name]) => !findings.get(name)?.faults.some((fault) => fault.kind !== "stopped"),
  );
  const planned = buildPlan({
    ...inputs,
    existing: new Map(standing),
    // What differs from its template is another change's matter.
    decide: () => ({ action: "replace", disruptive: true, reason: "differs from what was applied" }),
  });
  const changes = planned.filter((one) => one.action !== "delete");
  return await Promise.all(changes.map((one) => repaired(context, one, findings, action, forced)));
}

async function repaired(
  context: EnvironmentContext,
  planned: PlanChange,
  findings: ReadonlyMap<string, Finding>,
  action: "repair" | "recreate",
  forced: string | undefined,
): Promise<PlanChange> {
  const { component } = planned;
  const finding = findings.get(component);
  const existing = context.existing.get(component);
  const change: PlanChange = {
    ...planned,
    before: existing ? { size: existing.view.size, replicas: existing.view.replicas } : null,
    diff: [],
  };
  const isBroken = finding && (finding.faults.length > 0 || finding.failing !== null || !existing);
  if (isBroken || component === forced) {
    const dataLoss = await lossOf(context, component, finding?.faults ?? [], existing);
    const loss = dataLoss ? { dataLoss } : {};
    const reason = reasonOf(finding, existing, dataLoss);
    return { ...change, action, follows: false, disruptive: true, reason, ...loss };
  }
  // A repair moves nothing and replaces no data.
  if (planned.action === "replace" || planned.action === "create")
    return { ...change, action: "no-op", follows: false, reason: "unchanged" };
  return change;
}

/** Data counts as lost only of what was once completed: before that there was none. */
async function lossOf(
  context: EnvironmentContext,
  component: string,
  faults: readonly Fault[],
  existing: ExistingComponent | undefined,
): Promise<DataLoss | null> {
  const what = existing ? faults.filter((one) => one.losesData).map((one) => one.what) : [];
  if (what.length === 0) return null;
  return { what, backup: await newestGoodBackup(context.row.id, component) };
}

function reasonOf(
  finding: Finding | undefined,
  existing: ExistingComponent | undefined,
  loss: DataLoss | null,
): string {
  const named = (kind: Fault["kind"]) =>
    (finding?.faults ?? []).filter((one) => one.kind === kind).map((one) => one.what);
  const parts = (["gone", "damaged", "stopped"] as const).flatMap((kind) => {
    const names = named(kind);
    const label = kind === "gone" ? "missing" : kind;
    return names.length > 0 ? [`${label}: ${names.join(", ")}`] : [];
  });
  if (finding?.failing) parts.push(`health check failed: ${finding.failing}`);
  if (!existing) parts.push("never completed");
  if (loss) {
    parts.push(
      loss.backup
        ? `data is restored from the backup of ${spoken(loss.backup.takenAt)}`
        : "data is lost, no backup exists",
    );
  }
  return parts.join("; ");
}

async function examineAll(context: EnvironmentContext, only?: string): Promise<Map<string, Finding>> {
  const names = new Set([...Object.keys(context.row.placement), ...context.existing.keys()]);
  const chosen = [...names].filter((name) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new AppError("validation_failed", `The environment has no component "${only}".`);
  const found = await Promise.all(chosen.map(async (name) => [name, await examine(context, name)] as const));
  return new Map(found);
}

/** Reality as the component's own cloud tells it. */
async function examine(context: EnvironmentContext, component: string): Promise<Finding> {
  const existing = context.existing.get(component);
  if (!existing?.desired) return { faults: [], failing: null };
  const ref = { environmentId: context.row.id, environmentName: context.row.name, component };
  const { desired } = existing;
  try {
    const connection = await connectionFor(existing.cloudId);
    const look = async (): Promise<Finding> => {
      const faults = await connection.examine(ref, desired);
      return { faults, failing: faults.length > 0 ? null : await connection.probe(ref, desired) };
    };
    const { faults, failing } = await within(look());
    return { faults, failing: failing === null ? null : await maskFor(context.row.id, failing) };
  } catch (error) {
    const said = await maskFor(context.row.id, messageOf(error));
    throw new AppError("unavailable", `Couldn’t reach the cloud ${existing.cloudName}: ${said}`, {
      cause: error,
    });
  }
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${formatDuration(lookMs)}`)), lookMs);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
