import type { Address, DesiredComponent, Observation } from "@/lib/clouds/contract";
import { DriverError } from "@/lib/clouds/contract";
import {
  commonScope,
  neighborScope,
  type Published,
  publish,
  type ResolvedComponent,
  resolveComponent,
} from "@/lib/engine/plan";
import type { ResourceEffect } from "@/lib/engine/run";
import { componentGraph } from "@/lib/engine/template";
import { type EnvironmentContext, publishedSecrets } from "@/lib/features/environments";
import type { Masker } from "@/lib/platform/masking";
import { answersAsBefore, isSilent } from "./addresses";
import { resourceRow } from "./resource-row";

export type Present = Extract<Observation, { present: true }>;

/**
 * The components of one environment during a run: what each shall be, what the finished ones publish to their neighbors,
 * and the resource that a change leaves behind.
 */
export class RunComponents {
  /** What each component publishes so far. */
  readonly published = new Map<string, Published>();
  /** What every expression may read, whichever component it belongs to. */
  readonly common: Record<string, unknown>;
  private readonly resolved = new Map<string, ResolvedComponent>();

  /** @param masker hides every secret of the environment; grows by those that components publish */
  constructor(
    private readonly environmentId: string,
    private readonly context: EnvironmentContext,
    public masker: Masker,
  ) {
    this.common = commonScope(context.inputs);
    for (const one of context.existing.values()) this.published.set(one.component, one.published);
  }

  /** Everything a component needs is finished before it is resolved, so once is enough. */
  resolve(component: string): ResolvedComponent {
    const known = this.resolved.get(component);
    if (known?.desired) return known;
    const fresh = resolveComponent(this.context.inputs, component, this.common, this.neighbors(component));
    this.resolved.set(component, fresh);
    return fresh;
  }

  /** @throws DriverError permanent, when a dependency doesn't publish what it needs */
  desired(component: string): DesiredComponent {
    const { desired, unknownPaths } = this.resolve(component);
    if (desired) return desired;
    const missing = unknownPaths.join(", ");
    throw new DriverError("permanent", `Unresolved after dependencies were created: ${missing}.`);
  }

  /** Where the components that this one needs answer, as far as they run in other clouds than `cloudId`. */
  neighborsElsewhere(component: string, cloudId: string | null): Address[] {
    const { placement } = this.context.inputs;
    return this.needs(component).flatMap((name) => {
      const published = this.published.get(name);
      const isElsewhere = placement[name]?.cloudId !== cloudId;
      return published && isElsewhere ? [published.external] : [];
    });
  }

  /** What a component publishes as it is seen now. */
  publication(component: string, observation: Present): Published {
    return publish(this.context.inputs, component, this.common, this.neighbors(component), observation);
  }

  /** The resource a finished change left behind. */
  changed(component: string, observation: Present): ResourceEffect {
    const applied = this.resolve(component);
    const cloudId = this.context.inputs.placement[component]?.cloudId ?? "";
    const existing = this.context.existing.get(component);
    const before = existing?.cloudId === cloudId ? existing.published : undefined;
    const stands = before !== undefined && isSilent(before, observation);
    const published = stands ? before : this.publication(component, observation);
    return this.upsert({ component, cloudId, applied, published, observation });
  }

  /**
   * The resource after an operation that leaves it what it is. The environment may want something else by now, which a
   * change that failed has not applied: what was applied last stays on record.
   */
  operated(component: string, observation: Present): ResourceEffect {
    const before = this.context.existing.get(component);
    if (!before) return this.changed(component, observation);
    const stands = isSilent(before.published, observation) || answersAsBefore(before.published, observation);
    const published = stands ? before.published : this.publication(component, observation);
    const { desired, desiredDigest: digest, view, cloudId } = before;
    return this.upsert({ component, cloudId, applied: { desired, digest, view }, published, observation });
  }

  /** The component is gone. */
  removed(component: string): ResourceEffect {
    this.published.delete(component);
    return { type: "remove", component };
  }

  private needs(component: string): readonly string[] {
    return componentGraph(this.context.inputs.manifest).predecessors(component);
  }

  private neighbors(component: string): Record<string, unknown> {
    return neighborScope(this.context.inputs, component, this.needs(component), this.published);
  }

  /** What a component publishes is visible to its neighbors from here on. */
  private upsert(one: Omit<Parameters<typeof resourceRow>[0], "environmentId">): ResourceEffect {
    this.published.set(one.component, one.published);
    // Its outputs may be secrets that no step knew before.
    this.masker = this.masker.with(publishedSecrets(one.published));
    return { type: "upsert", resource: resourceRow({ environmentId: this.environmentId, ...one }) };
  }
}
