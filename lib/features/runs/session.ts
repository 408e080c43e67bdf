import type {
  Address,
  ChangeContext,
  CloudConnection,
  ComponentRef,
  DesiredComponent,
  Observation,
} from "@/lib/clouds/contract";
import { DriverError } from "@/lib/clouds/contract";
import {
  commonScope,
  neighbourScope,
  type Published,
  publish,
  type ResolvedComponent,
  resolveComponent,
} from "@/lib/engine/plan";
import type {
  ResourceEffect,
  RunRecord,
  RunSession,
  StepContext,
  StepObservation,
  StepOutcome,
  StepRecord,
} from "@/lib/engine/run";
import { componentEdges } from "@/lib/engine/template";
import { connectionFor, inTurn } from "@/lib/features/clouds";
import { useGitCredential } from "@/lib/features/credentials";
import { type EnvironmentContext, publishedSecrets } from "@/lib/features/environments";
import { planChangeSchema } from "@/lib/features/requests/schema";
import { isConnectionError } from "@/lib/platform/db";
import type { Masker } from "@/lib/platform/masking";
import { verifyAcceptance } from "./acceptance";
import { cleanUp } from "./clean-up";
import { operate } from "./operations";
import { resourceRow } from "./resource-row";
import { reviveDead } from "./revive";
import { settle } from "./settle";

type Present = Extract<Observation, { present: true }>;

const changing = new Set(["create", "update", "replace", "no-op"]);

/**
 * Carries out the steps of one run of an environment against its clouds. What they log, and why they fail, is stored once
 * and read by many: no secret of the environment leaves here in either.
 */
export class EnvironmentSession implements RunSession {
  readonly maxParallel: number;
  private readonly published = new Map<string, Published>();
  private readonly needs = new Map<string, string[]>();
  private readonly common: Record<string, unknown>;
  private readonly connections = new Map<string, Promise<CloudConnection>>();
  private readonly resolved = new Map<string, ResolvedComponent>();
  private readonly context: EnvironmentContext;
  private masker: Masker;

  constructor(
    private readonly run: RunRecord,
    loaded: { context: EnvironmentContext; masker: Masker },
    maxParallel: number,
    private readonly onClose: () => void = () => {},
  ) {
    const { context } = loaded;
    this.context = context;
    this.masker = loaded.masker;
    this.maxParallel = maxParallel;
    this.common = commonScope(context.inputs);
    for (const edge of componentEdges(context.inputs.manifest)) {
      const list = this.needs.get(edge.from);
      if (list) list.push(edge.to);
      else this.needs.set(edge.from, [edge.to]);
    }
    for (const one of context.existing.values()) this.published.set(one.component, one.published);
  }

  async execute(step: StepRecord, given: StepContext): Promise<StepOutcome> {
    const context = this.masked(given);
    return this.guarded(async () => {
      if (changing.has(step.action)) return this.apply(step, context);
      if (step.action === "delete") return this.remove(step, context);
      if (step.action === "verify") {
        await reviveDead(this.context, this.published.keys(), this.change(step, context));
        await verifyAcceptance(this.context, this.published, this.common, context);
        return { state: "done", effect: { type: "none" } };
      }
      if (step.action === "settle") {
        const components = (step.input.components ?? []) as string[];
        await settle(this.run.environmentId, components, this.change(step, context));
        return { state: "done", effect: { type: "none" } };
      }
      if (step.action === "cleanup") {
        await cleanUp(this.context, this.change(step, context));
        return { state: "done", effect: { type: "none" } };
      }
      return this.operate(step, step.action, context);
    });
  }

  async poll(step: StepRecord, token: Record<string, unknown>, given: StepContext): Promise<StepOutcome> {
    const context = this.masked(given);
    return this.guarded(async () => {
      const connection = await this.connection(step);
      const result = await connection.poll(this.ref(step), token, this.change(step, context));
      if (result.state === "pending") return result;
      if (!("observation" in result)) return { state: "done", effect: this.removed(step) };
      return { state: "done", effect: this.effect(step.component, result.observation) };
    });
  }

  async observe(step: StepRecord, given: StepContext): Promise<StepObservation> {
    return this.guarded(() => this.lookFor(step, this.masked(given)));
  }

  private async lookFor(step: StepRecord, context: StepContext): Promise<StepObservation> {
    if (!changing.has(step.action)) {
      // Everything else is safe to repeat, except a command of the template: nobody knows how far it got. What seems removed
      // may have left data or addresses behind, so a removal is repeated too.
      if (step.action === "run")
        return { state: "unobservable", message: "a command cannot be looked at afterwards" };
      return { state: "absent" };
    }
    const connection = await this.connection(step);
    const seen = await connection.observe(this.ref(step));
    if (!seen.present || seen.appliedKey !== step.id || seen.status !== "running") return { state: "absent" };
    // Whoever began it may have died before it served: applying it again waits until it does.
    const { desired } = this.resolve(step.component);
    if (!desired || (await connection.probe(this.ref(step), desired, context.signal)) !== null)
      return { state: "absent" };
    context.log(`Found ${seen.externalId}, made by this very step; adopting it.`);
    return { state: "done", effect: this.effect(step.component, seen) };
  }

  /** The environment and what its components publish after this run. */
  outcome(): { context: EnvironmentContext; published: ReadonlyMap<string, Published> } {
    return { context: this.context, published: this.published };
  }

  async close(): Promise<void> {
    this.onClose();
  }

  private async apply(step: StepRecord, context: StepContext): Promise<StepOutcome> {
    const resolved = this.resolve(step.component);
    const desired = this.desired(step);
    const existing = this.context.existing.get(step.component);
    // Its links turned out to be what they were: nothing is touched, unless it was stopped with all the rest.
    const same =
      existing?.desiredDigest === resolved.digest && !(step.action === "update" && existing?.outdated);
    const connection = await this.connection(step);
    if (same && (step.action === "no-op" || step.action === "update")) {
      const seen = await connection.observe(this.ref(step));
      if (seen.present && seen.status === "stopped") return this.operate(step, "start", context);
      return { state: "done", effect: { type: "none" }, skipped: true };
    }
    const action = step.action === "no-op" ? "update" : (step.action as "create" | "update" | "replace");
    const change = this.change(step, context);
    const result = await inTurn(connection, context, () =>
      connection.apply(this.ref(step), action, desired, change),
    );
    if (result.state === "pending") return result;
    return { state: "done", effect: this.effect(step.component, result.observation) };
  }

  private async operate(step: StepRecord, action: string, context: StepContext): Promise<StepOutcome> {
    const connection = await this.connection(step);
    const applied = this.context.existing.get(step.component)?.desired;
    return inTurn(connection, context, () =>
      operate(action, {
        run: this.run,
        context: this.context,
        connection,
        ref: this.ref(step),
        change: { ...this.change(step, context), ...(applied ? { desired: applied } : {}) },
        desired: () => this.desired(step),
        hasData: this.context.existing.has(step.component),
        dataLoss: planChangeSchema.shape.dataLoss.parse(step.input.dataLoss),
        effect: (observation) => this.effect(step.component, observation),
      }),
    );
  }

  /** @throws DriverError permanent, when a neighbour still doesn't tell what it needs */
  private desired({ component }: StepRecord): DesiredComponent {
    const { desired, unknownPaths } = this.resolve(component);
    if (desired) return desired;
    const missing = unknownPaths.join(", ");
    throw new DriverError("permanent", `Still unknown after its neighbours were made: ${missing}.`);
  }

  private async remove(step: StepRecord, context: StepContext): Promise<StepOutcome> {
    const connection = await this.connection(step);
    const result = await inTurn(connection, context, () =>
      connection.remove(this.ref(step), this.change(step, context)),
    );
    if (result.state === "pending") return result;
    return { state: "done", effect: this.removed(step) };
  }

  /** Everything a component needs is finished before it is resolved, so once is enough. */
  private resolve(component: string): ResolvedComponent {
    const known = this.resolved.get(component);
    if (known?.desired) return known;
    const fresh = resolveComponent(this.context.inputs, component, this.common, this.neighbours(component));
    this.resolved.set(component, fresh);
    return fresh;
  }

  private neighbours(component: string): Record<string, unknown> {
    return neighbourScope(this.context.inputs, component, this.needs.get(component) ?? [], this.published);
  }

  /** The resource a finished change left behind; its outputs are visible to its neighbours from here on. */
  private effect(component: string, observation: Present): ResourceEffect {
    const { inputs } = this.context;
    const resolved = this.resolve(component);
    const published = this.publication(component, observation);
    this.published.set(component, published);
    // Its outputs may be secrets that nobody knew before.
    this.masker = this.masker.with(publishedSecrets(published));
    return {
      type: "upsert",
      resource: resourceRow({
        environmentId: this.run.environmentId,
        component,
        placed: inputs.placement[component],
        resolved,
        published,
        observation,
      }),
    };
  }

  /** What is stopped answers at no port; what was published of it stands until it answers again. */
  private publication(component: string, observation: Present): Published {
    const before = this.context.existing.get(component)?.published;
    const silent = Object.keys(observation.external.ports).length === 0;
    if (before && silent && Object.keys(before.external.ports).length > 0) return before;
    return publish(this.context.inputs, component, this.common, this.neighbours(component), observation);
  }

  private removed(step: StepRecord): ResourceEffect {
    this.published.delete(step.component);
    return { type: "remove", component: step.component };
  }

  private connection(step: StepRecord): Promise<CloudConnection> {
    if (!step.cloudId) throw new DriverError("permanent", `${step.component} has no cloud.`);
    const known = this.connections.get(step.cloudId);
    if (known) return known;
    const opened = connectionFor(step.cloudId);
    this.connections.set(step.cloudId, opened);
    // A cloud that could not be opened is tried again by the next step.
    opened.catch(() => this.connections.delete(step.cloudId ?? ""));
    return opened;
  }

  private ref(step: StepRecord): ComponentRef {
    return {
      environmentId: this.run.environmentId,
      environmentName: this.context.row.name,
      component: step.component,
    };
  }

  private change(step: StepRecord, context: StepContext): ChangeContext {
    return {
      idempotencyKey: step.id,
      signal: context.signal,
      log: context.log,
      files: {
        ...this.context.version.files(this.run.environmentId),
        gitCredential: (address) => useGitCredential(this.context.row.projectId, address),
      },
      neighbours: this.neighboursElsewhere(step),
    };
  }

  /** Where the components that this one needs answer, as far as they run in other clouds. */
  private neighboursElsewhere(step: StepRecord): Address[] {
    const { placement } = this.context.inputs;
    return (this.needs.get(step.component) ?? []).flatMap((name) => {
      const published = this.published.get(name);
      const isElsewhere = placement[name]?.cloudId !== step.cloudId;
      return published && isElsewhere ? [published.external] : [];
    });
  }

  private masked(context: StepContext): StepContext {
    return { ...context, log: (line) => context.log(this.masker.mask(line)) };
  }

  /** The database being away says nothing about the cloud: such a step is tried again. */
  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isConnectionError(error) && !(error instanceof DriverError)) {
        throw new DriverError("retryable", "The database did not answer.", { cause: error });
      }
      throw this.masker.maskError(error);
    }
  }
}
