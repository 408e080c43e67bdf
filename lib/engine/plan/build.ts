import type { ChangeVerdict, DesiredComponent } from "@/lib/clouds/contract";
import type { Graph } from "@/lib/kernel/graph";
import { sharingSteps } from "../expressions";
import { componentGraph } from "../template";
import { diffViews } from "./diff";
import { isWanted, type ResolvedComponent, resolveComponent } from "./resolve";
import { commonScope, type EnvironmentInputs, neighborScope } from "./scope";
import type {
  Carriage,
  DesiredView,
  ExistingComponent,
  LossReason,
  PlanAction,
  PlanChange,
  Published,
} from "./types";
import { type DataFate, dataOf, lostPorts, lostVolumes } from "./volumes";

export interface PlanInput extends EnvironmentInputs {
  existing: ReadonlyMap<string, ExistingComponent>;
  /** Whether the present template version backs a component up: what it keeps without naming a volume counts then. */
  isBackedUp?(component: string): boolean;
  /**
   * How the data of a component gets to the cloud it moves to. Asked only of components that keep some.
   * @throws when it can't be carried over
   */
  carry?(existing: ExistingComponent, after: DesiredView): Carriage;
  /** The driver's word on how to get from one desired state to another. */
  decide(component: string, before: DesiredComponent, after: DesiredComponent): ChangeVerdict;
}

/**
 * Compares what is wanted with what exists and says, per component and in dependency order, what is to be
 * done. Pure. Linear in components and references.
 * @throws ExpressionError when an expression fails
 */
export function buildPlan(input: PlanInput): PlanChange[] {
  return sharingSteps(() => {
    const builder = new PlanBuilder(input);
    return [...builder.wanted(), ...builder.removed()];
  });
}

/** A plan that removes everything that exists, dependents before what they depend on. */
export function buildDestroyPlan(
  input: Pick<PlanInput, "manifest" | "existing" | "isBackedUp">,
): PlanChange[] {
  const graph = componentGraph(input.manifest).among(input.existing.keys());
  return [...input.existing.values()].map((one) =>
    deletion(one, input.manifest.spec.components[one.component]?.title, graph.successors(one.component), {
      words: "destroyed",
      loss: "environment_destroyed",
      isBackedUp: input.isBackedUp?.(one.component) ?? false,
    }),
  );
}

class PlanBuilder {
  private readonly common: Record<string, unknown>;
  private readonly graph: Graph<string>;
  private readonly published = new Map<string, Published>();
  private readonly changed = new Set<string>();
  private readonly following = new Set<string>();
  private readonly kept = new Set<string>();

  constructor(private readonly input: PlanInput) {
    this.common = commonScope(input);
    this.graph = componentGraph(input.manifest);
    for (const one of input.existing.values()) this.published.set(one.component, one.published);
  }

  wanted(): PlanChange[] {
    const changes: PlanChange[] = [];
    for (const name of this.graph.order()) {
      const component = this.input.manifest.spec.components[name];
      if (!component || !isWanted(component, this.common)) continue;
      this.kept.add(name);
      changes.push(this.change(name, component.title ?? name));
    }
    return changes;
  }

  /** What exists and is wanted no longer: removed after everything that may have used it was changed. */
  removed(): PlanChange[] {
    const after = [...this.changed];
    return [...this.input.existing.values()]
      .filter((one) => !this.kept.has(one.component))
      .map((one) =>
        deletion(one, undefined, after, {
          words: "no longer part of the template",
          loss: "component_removed",
          isBackedUp: this.input.isBackedUp?.(one.component) ?? false,
        }),
      );
  }

  private change(name: string, title: string): PlanChange {
    const needs = this.graph.predecessors(name).filter((other) => this.kept.has(other));
    const resolved = resolveComponent(
      this.input,
      name,
      this.common,
      neighborScope(this.input, name, needs, this.published),
    );
    const existing = this.input.existing.get(name);
    const verdict = this.verdict(name, existing, resolved);
    const follows =
      verdict.action === "no-op" &&
      needs.some((other) => this.changed.has(other) || this.following.has(other));
    if (verdict.action !== "no-op") this.changed.add(name);
    if (follows) this.following.add(name);
    // What will be made again has no known outputs until it is.
    if (["create", "replace", "move"].includes(verdict.action)) this.published.delete(name);
    const placed = this.input.placement[name];
    return {
      component: name,
      title,
      action: verdict.action,
      kind: resolved.view.kind,
      cloud: { id: placed?.cloudId ?? "", name: placed?.cloudName ?? "" },
      dependsOn: needs,
      follows,
      disruptive: verdict.disruptive,
      reason: follows ? "re-evaluated after dependencies change" : verdict.reason,
      size: resolved.view.size,
      replicas: resolved.view.replicas,
      before: existing ? { size: existing.view.size, replicas: existing.view.replicas } : null,
      diff: existing && verdict.action !== "no-op" ? diffViews(existing.view, resolved.view, resolved) : [],
      ...(existing ? this.losses(existing, verdict, resolved.view) : {}),
    };
  }

  /** What the change takes from people: data, and addresses at which they reach the component. */
  private losses(
    existing: ExistingComponent,
    { action }: { action: PlanAction },
    after: DesiredView,
  ): Pick<PlanChange, "lostVolumes" | "lostPorts" | "from" | "carries"> {
    if (action === "no-op") return {};
    const isBackedUp = this.input.isBackedUp?.(existing.component) ?? false;
    const ports = existing.published.external.ports;
    if (action === "move") {
      const keeps = dataOf(existing.view, isBackedUp).length > 0;
      const carries = keeps ? (this.input.carry?.(existing, after) ?? "nothing") : "nothing";
      const fate: DataFate =
        carries === "nothing" ? { type: "gone", reason: "cloud_changed", after } : { type: "carried", after };
      return {
        from: { id: existing.cloudId, name: existing.cloudName },
        carries,
        lostVolumes: carries === "dump" ? [] : lostVolumes(existing.view, isBackedUp, fate),
        lostPorts: lostPorts(ports, null),
      };
    }
    const reason: LossReason = existing.kind === after.kind ? "component_replaced" : "implementation_changed";
    const fate: DataFate = action === "replace" ? { type: "gone", reason, after } : { type: "stays", after };
    return {
      lostVolumes: lostVolumes(existing.view, isBackedUp, fate),
      lostPorts: lostPorts(ports, existing.kind === after.kind ? after : null),
    };
  }

  /** What exists may have to be recreated although its desired state stays: its cloud says so. */
  private verdict(
    name: string,
    existing: ExistingComponent | undefined,
    resolved: ResolvedComponent,
  ): { action: PlanAction; disruptive: boolean; reason: string } {
    const verdict = this.compared(name, existing, resolved);
    if (!existing?.outdated || verdict.action === "replace" || verdict.action === "move") return verdict;
    return { action: "update", disruptive: true, reason: existing.outdated };
  }

  private compared(
    name: string,
    existing: ExistingComponent | undefined,
    resolved: ResolvedComponent,
  ): { action: PlanAction; disruptive: boolean; reason: string } {
    if (!existing) return { action: "create", disruptive: false, reason: "does not exist yet" };
    const placed = this.input.placement[name];
    if (placed && placed.cloudId !== existing.cloudId) {
      const reason = `moves from ${existing.cloudName} to ${placed.cloudName}`;
      return { action: "move", disruptive: true, reason };
    }
    if (resolved.digest !== null && resolved.digest === existing.desiredDigest) {
      return { action: "no-op", disruptive: false, reason: "up to date" };
    }
    if (resolved.view.kind !== existing.kind) {
      return {
        action: "replace",
        disruptive: true,
        reason: `${existing.kind} becomes ${resolved.view.kind}`,
      };
    }
    if (!resolved.desired) return { action: "update", disruptive: true, reason: "dependencies change" };
    if (!existing.desired) return { action: "update", disruptive: true, reason: "current state unavailable" };
    const verdict = this.input.decide(name, existing.desired, resolved.desired);
    const unfinished = existing.desiredDigest === "" && verdict.action !== "replace";
    return unfinished
      ? { action: "update", disruptive: true, reason: "last change did not finish" }
      : verdict;
  }
}

function deletion(
  existing: ExistingComponent,
  title: string | undefined,
  dependsOn: readonly string[],
  why: { words: string; loss: LossReason; isBackedUp: boolean },
): PlanChange {
  return {
    component: existing.component,
    title: title ?? existing.component,
    action: "delete",
    kind: existing.kind,
    cloud: { id: existing.cloudId, name: existing.cloudName },
    dependsOn: [...dependsOn],
    follows: false,
    disruptive: true,
    reason: why.words,
    size: existing.view.size,
    replicas: existing.view.replicas,
    before: { size: existing.view.size, replicas: existing.view.replicas },
    diff: [],
    lostVolumes: lostVolumes(existing.view, why.isBackedUp, { type: "gone", reason: why.loss, after: null }),
    lostPorts: lostPorts(existing.published.external.ports, null),
  };
}
