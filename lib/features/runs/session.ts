import type { ChangeContext, CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { DriverError } from "@/lib/clouds/contract";
import type { Published, StepAction } from "@/lib/engine/plan";
import type {
  ResourceEffect,
  RunRecord,
  RunSession,
  StepContext,
  StepObservation,
  StepOutcome,
  StepRecord,
} from "@/lib/engine/run";
import { connectionFor, inTurn } from "@/lib/features/clouds";
import { useGitCredential } from "@/lib/features/credentials";
import type { EnvironmentContext } from "@/lib/features/environments";
import { planChangeSchema } from "@/lib/features/requests/schema";
import type { Masker } from "@/lib/platform/masking";
import { verifyAcceptance } from "./acceptance";
import { cleanUp } from "./clean-up";
import { carryAlong, type DataStep, protectBeforeChange } from "./data-steps";
import { guardStep } from "./guard-step";
import { operate } from "./operations";
import { reviveDead } from "./revive";
import { type Present, RunComponents } from "./run-components";
import { settle } from "./settle";

const changing = new Set(["create", "update", "replace", "no-op"]);
/** Operations after which a component is what the environment wants now, not what was applied last. */
const madeAgain = new Set(["repair", "recreate"]);

/**
 * Carries out the steps of one run of an environment against its clouds. What they log, and why they fail, is stored once
 * and read by many: no secret of the environment leaves here in either.
 */
export class EnvironmentSession implements RunSession {
  readonly maxParallel: number;
  private readonly connections = new Map<string, Promise<CloudConnection>>();
  private readonly context: EnvironmentContext;
  private readonly components: RunComponents;

  constructor(
    private readonly run: RunRecord,
    loaded: { context: EnvironmentContext; masker: Masker },
    maxParallel: number,
    private readonly onClose: () => void = () => {},
  ) {
    const { context } = loaded;
    this.context = context;
    this.components = new RunComponents(run.environmentId, context, loaded.masker);
    this.maxParallel = maxParallel;
  }

  async execute(step: StepRecord, given: StepContext): Promise<StepOutcome> {
    const context = this.masked(given);
    return guardStep(step, this.components.masker, async () => {
      if (changing.has(step.action)) return this.apply(step, context);
      if (step.action === "delete") return this.remove(step, context);
      if (step.action === "verify") {
        const { published, common } = this.components;
        await reviveDead(this.context, published.keys(), this.change(step, context));
        await verifyAcceptance(this.context, published, common, context);
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
      if (step.action === "backup" || step.action === "copy") {
        const data = await this.dataStep(step, context);
        if (step.action === "copy") return inTurn(data.connection, context, () => this.copy(step, data));
        await protectBeforeChange(data);
        return { state: "done", effect: { type: "none" } };
      }
      return this.operate(step, step.action, context);
    });
  }

  async poll(step: StepRecord, token: Record<string, unknown>, given: StepContext): Promise<StepOutcome> {
    const context = this.masked(given);
    return guardStep(step, this.components.masker, async () => {
      const connection = await this.connection(step);
      const result = await connection.poll(this.ref(step), token, this.change(step, context));
      if (result.state === "pending") return result;
      if (!("observation" in result)) return { state: "done", effect: this.removed(step) };
      return { state: "done", effect: this.made(step, result.observation) };
    });
  }

  async observe(step: StepRecord, given: StepContext): Promise<StepObservation> {
    return guardStep(step, this.components.masker, () => this.lookFor(step, this.masked(given)));
  }

  private async lookFor(step: StepRecord, context: StepContext): Promise<StepObservation> {
    if (!changing.has(step.action)) {
      // Everything else is safe to repeat, except a command of the template: how far it got is unknown. What seems removed
      // may have left data or addresses behind, so a removal is repeated too.
      if (step.action === "run")
        return { state: "unobservable", message: "a command can’t be checked afterwards" };
      return { state: "absent" };
    }
    const connection = await this.connection(step);
    const seen = await connection.observe(this.ref(step));
    if (!seen.present || seen.appliedKey !== step.id || seen.status !== "running") return { state: "absent" };
    // The worker that began it may have died before it served: applying it again waits until it does.
    const { desired } = this.components.resolve(step.component);
    if (!desired || (await connection.probe(this.ref(step), desired, context.signal)) !== null)
      return { state: "absent" };
    context.log(`Found ${seen.externalId} from a previous attempt. Adopting it.`);
    return { state: "done", effect: this.made(step, seen) };
  }

  /** The environment and what its components publish after this run. */
  outcome(): { context: EnvironmentContext; published: ReadonlyMap<string, Published> } {
    return { context: this.context, published: this.components.published };
  }

  async close(): Promise<void> {
    this.onClose();
  }

  private async apply(step: StepRecord, context: StepContext): Promise<StepOutcome> {
    const resolved = this.components.resolve(step.component);
    const desired = this.components.desired(step.component);
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
    return { state: "done", effect: this.made(step, result.observation) };
  }

  /** What arrives in another cloud without its data yet is not the component: that is where the data is. */
  private made(step: StepRecord, observation: Present): ResourceEffect {
    return step.input.isArrival ? { type: "none" } : this.components.changed(step.component, observation);
  }

  /** From here on the component is the one with its data in the new cloud. */
  private async copy(step: StepRecord, data: DataStep): Promise<StepOutcome> {
    const arrived = async (): Promise<Present> => {
      const seen = await data.connection.observe(data.ref);
      if (seen.present) return seen;
      throw new DriverError("permanent", `${step.component} doesn’t exist in the new cloud.`);
    };
    const published = this.components.publication(step.component, await arrived());
    await carryAlong({ ...data, published, after: this.components.resolve(step.component).view });
    return { state: "done", effect: this.components.changed(step.component, await arrived()) };
  }

  private async operate(step: StepRecord, action: StepAction, context: StepContext): Promise<StepOutcome> {
    const connection = await this.connection(step);
    const applied = this.context.existing.get(step.component)?.desired;
    return inTurn(connection, context, () =>
      operate(action, {
        run: this.run,
        context: this.context,
        connection,
        ref: this.ref(step),
        change: { ...this.change(step, context), ...(applied ? { desired: applied } : {}) },
        desired: () => (action === "restore" && applied ? applied : this.components.desired(step.component)),
        hasData: this.context.existing.has(step.component),
        dataLoss: planChangeSchema.shape.dataLoss.parse(step.input.dataLoss),
        effect: (observation) =>
          madeAgain.has(action)
            ? this.components.changed(step.component, observation)
            : this.components.operated(step.component, observation),
      }),
    );
  }

  private async remove(step: StepRecord, context: StepContext): Promise<StepOutcome> {
    const connection = await this.connection(step);
    const result = await inTurn(connection, context, () =>
      connection.remove(this.ref(step), this.change(step, context)),
    );
    if (result.state === "pending") return result;
    if (step.input.isDeparture) await this.depart(step, connection, context);
    return { state: "done", effect: this.removed(step) };
  }

  /** What moved away is gone for sure, and with the last of it what the environment had in that cloud. */
  private async depart(step: StepRecord, connection: CloudConnection, context: StepContext): Promise<void> {
    if ((await connection.observe(this.ref(step))).present)
      throw new DriverError("retryable", `${step.component} is still being deleted.`);
    if (step.input.emptiesCloud)
      await connection.removeEnvironment(this.run.environmentId, this.change(step, context));
  }

  private removed(step: StepRecord): ResourceEffect {
    // What moved is deleted where it was; the component lives on.
    if (step.input.isDeparture) return { type: "none" };
    return this.components.removed(step.component);
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
      neighbors: this.components.neighborsElsewhere(step.component, step.cloudId),
    };
  }

  private async dataStep(step: StepRecord, context: StepContext): Promise<DataStep> {
    const connection = await this.connection(step);
    const { run } = this;
    const change = this.change(step, context);
    return { run, context: this.context, step, connection, ref: this.ref(step), change };
  }

  private masked(context: StepContext): StepContext {
    return { ...context, log: (line) => context.log(this.components.masker.mask(line)) };
  }
}
