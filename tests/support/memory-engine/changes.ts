import { type PlanAction, type PlanChange, stepsOf } from "@/lib/engine/plan";
import type { NewStep } from "@/lib/engine/run";
import { Graph } from "@/lib/kernel/graph";

/** What an environment should be: its components, what each needs, and which revision of it. */
export type Wanted = ReadonlyMap<string, { needs: readonly string[]; revision: number }>;

export const changeKinds = ["update", "restart", "stop", "command", "destroy"] as const;
export type ChangeKind = "create" | (typeof changeKinds)[number];

/**
 * The steps of a change as the planner makes them, with the ends that a run has.
 */
export function stepsFor(kind: ChangeKind, wanted: Wanted, existing: Wanted): NewStep[] {
  const graph = graphOf(wanted);
  const revision = (component: string) => wanted.get(component)?.revision ?? 0;
  const changes =
    kind === "destroy"
      ? along(graph.among(existing.keys()).reverse(), () => "delete")
      : kind === "create" || kind === "update"
        ? updates(graph, wanted, existing)
        : along(kind === "stop" ? graph.reverse() : graph, () => (kind === "command" ? "no-op" : kind));
  const steps = stepsOf(changes).map((step) => ({
    ...step,
    input: { ...step.input, revision: revision(step.component) },
  }));
  const end = (component: string, action: NewStep["action"]) =>
    steps.push({
      ...{ component, action, cloudId: null, input: { revision: 0 } },
      dependsOn: steps.map((_, position) => position),
    });
  if (kind === "command") end(graph.ids()[0] ?? "", "run");
  if (kind === "destroy") end("environment", "cleanup");
  if (kind === "create" || kind === "update") end("acceptance", "verify");
  return steps;
}

export function graphOf(wanted: Wanted): Graph<string> {
  return Graph.of([...wanted].map(([name, { needs }]) => [name, needs] as const));
}

function updates(graph: Graph<string>, wanted: Wanted, existing: Wanted): PlanChange[] {
  const changed = new Set<string>();
  const actionOf = (name: string): PlanAction => {
    const [before, after] = [existing.get(name)?.revision, wanted.get(name)?.revision ?? 0];
    if (before === undefined) return "create";
    if (before === after) return "no-op";
    return after % 2 === 0 ? "update" : "replace";
  };
  const changes = along(graph, actionOf).map((one) => {
    const follows = one.action === "no-op" && one.dependsOn.some((name) => changed.has(name));
    if (follows || one.action !== "no-op") changed.add(one.component);
    const restores = one.action === "create" && (wanted.get(one.component)?.revision ?? 0) % 5 === 4;
    return { ...one, follows, ...(restores ? { restores: "bak_model" } : {}) };
  });
  const gone = [...existing.keys()].filter((name) => !graph.has(name));
  return [...changes, ...gone.map((name) => change(name, "delete", [...changed]))];
}

function along(graph: Graph<string>, actionOf: (name: string) => PlanAction): PlanChange[] {
  return graph.order().map((name) => change(name, actionOf(name), graph.predecessors(name)));
}

function change(component: string, action: PlanAction, dependsOn: readonly string[]): PlanChange {
  const size = { cpu: 0, memoryBytes: 0, storageBytes: 0 };
  return {
    ...{ component, title: component, action, kind: "container", dependsOn: [...dependsOn] },
    ...{ cloud: { id: "cld_model", name: "Model" }, follows: false, disruptive: true, reason: "" },
    ...{ size, replicas: 1, before: null, diff: [] },
  };
}
