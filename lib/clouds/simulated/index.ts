import { hash } from "node:crypto";
import type { Readable } from "node:stream";
import { digestOf } from "@/lib/kernel/canonical";
import {
  type ChangeAction,
  type CloudConnection,
  type ComponentRef,
  capabilities,
  type DesiredComponent,
  type Discovered,
  type Driver,
  DriverError,
  type DriverHost,
  type Fault,
  implementationKinds,
  type MetricSample,
  type Observation,
  refKey,
} from "../contract";
import { logicalPorts } from "../logical-ports";
import { type SimulatedConfig, simulatedConfigSchema } from "./config";
import { strikeFaults } from "./faults";
import { assumedThing, observationOf, simulatedSample } from "./observation";
import { diskStore, memoryStore, type SimulatedStore, type SimulatedThing } from "./store";
import { readVolume, volumesAfter, writeVolume } from "./volumes";

const offered = capabilities.filter((one) => one !== "exec");

/** A cloud with nothing behind it: for demonstration data, engine tests and benchmarks. Can be told to fail. */
export const simulatedDriver: Driver = {
  kind: "simulated",
  title: "Simulated",
  implementations: implementationKinds,
  capabilities: new Set(offered),
  configSchema: simulatedConfigSchema,
  allowances: () => ({
    title: "Component permissions",
    rows: [{ subject: "Everything", rule: "allowed", detail: "No real resources.", settings: [] }],
  }),
  open: async (config, host) => openSimulated(simulatedConfigSchema.parse(config), host),
};

function openSimulated(config: SimulatedConfig, host: DriverHost): CloudConnection {
  const store = config.store === "disk" ? diskStore(host.dataDir) : memoryStore();
  const world = new World(config, store);
  return {
    pretends: true,
    check: async () => ({
      ok: true,
      message: "Simulated",
      version: "1",
      capacity: config.capacity ? { total: config.capacity, free: config.capacity } : null,
      facts: { store: config.store },
    }),
    validate: async () => [],
    decideChange: (before, after) =>
      before.kind === after.kind
        ? { action: "update", disruptive: false, reason: "changed in place" }
        : { action: "replace", disruptive: true, reason: `${before.kind} becomes ${after.kind}` },
    observe: (ref) => world.observe(ref),
    apply: (ref, action, desired, ctx) => world.apply(ref, action, desired, ctx.idempotencyKey, ctx.signal),
    examine: (ref, desired) => world.examine(ref, desired),
    probe: async () => null,
    poll: (ref, _token, ctx) => world.poll(ref, ctx.signal),
    remove: (ref, ctx) => world.remove(ref, ctx.signal),
    removeEnvironment: (environmentId, ctx) => world.removeEnvironment(environmentId, ctx.signal),
    listOwned: async (environmentId) =>
      (await world.of(environmentId)).map(({ ref, externalId }) => ({
        type: "component",
        name: externalId,
        component: ref.component,
      })),
    discover: () => discover(store),
    restart: (ref) => world.start(ref, () => true),
    recover: (ref) => world.start(ref, ({ status }) => status === "failed"),
    stop: async (ref) => void (await world.setStatus(ref, "stopped")),
    start: (ref) => world.start(ref, ({ status }) => status !== "running"),
    copyOut: async (ref, path) => readVolume(await world.require(ref), path),
    copyIn: async (ref, path, tar) => world.exchange(ref, path, tar),
    metrics: (refs) => world.metrics(refs),
    logs: async function* (ref, options) {
      const thing = await world.find(ref);
      if (thing && !options.signal.aborted) {
        yield { at: new Date(thing.createdAtMs), stream: "stdout", text: `${thing.externalId} started` };
      }
    },
    close: async () => {},
  };
}

class World {
  constructor(
    private readonly config: SimulatedConfig,
    private readonly store: SimulatedStore,
  ) {}

  async find(ref: ComponentRef): Promise<SimulatedThing | null> {
    return (await this.store.get(ref)) ?? (this.config.assumePresent ? assumedThing(ref) : null);
  }

  async observe(ref: ComponentRef): Promise<Observation> {
    await this.strike("observe", "before", ref);
    const thing = await this.find(ref);
    return thing ? observationOf(thing) : { present: false };
  }

  async examine(ref: ComponentRef, { spec }: DesiredComponent): Promise<Fault[]> {
    await this.strike("observe", "before", ref);
    const thing = await this.find(ref);
    const what = `component ${ref.component}`;
    if (!thing) {
      return [{ kind: "gone", what, losesData: Array.isArray(spec.volumes) && spec.volumes.length > 0 }];
    }
    return thing.status === "running" ? [] : [{ kind: "stopped", what, losesData: false }];
  }

  async apply(
    ref: ComponentRef,
    action: ChangeAction,
    desired: DesiredComponent,
    key: string,
    signal: AbortSignal,
  ) {
    await this.work("apply", ref, signal);
    const before = await this.store.get(ref);
    let thing =
      before?.key === key
        ? before
        : {
            ...made(ref, desired, key, before, this.config.pendingMs),
            volumes: volumesAfter(before, action, desired),
          };
    if (thing !== before) thing = await this.store.put(thing, before === null);
    await this.strike("apply", "after", ref, signal);
    return this.answer(thing);
  }

  async poll(ref: ComponentRef, signal: AbortSignal) {
    await this.work("poll", ref, signal);
    const thing = await this.store.get(ref);
    if (!thing) throw new DriverError("permanent", "The component disappeared while it was being created.");
    return this.answer(thing);
  }

  private answer(thing: SimulatedThing) {
    const leftMs = thing.readyAtMs - Date.now();
    if (leftMs > 0)
      return { state: "pending" as const, token: { id: thing.externalId }, wakeAfterMs: leftMs };
    return { state: "done" as const, observation: observationOf(thing) };
  }

  async remove(ref: ComponentRef, signal: AbortSignal) {
    await this.work("remove", ref, signal);
    await this.store.delete(ref);
    await this.strike("remove", "after", ref, signal);
    return { state: "done" as const };
  }

  async of(environmentId: string): Promise<SimulatedThing[]> {
    return (await this.store.all()).filter((one) => one.ref.environmentId === environmentId);
  }

  async removeEnvironment(environmentId: string, signal: AbortSignal): Promise<void> {
    for (const { ref } of await this.of(environmentId)) await this.remove(ref, signal);
  }

  async setStatus(ref: ComponentRef, status: "running" | "stopped"): Promise<Observation> {
    return await this.change(await this.require(ref), { status });
  }

  /** Starts a thing if that is meant of one like it; otherwise it stays as it is. */
  async start(ref: ComponentRef, isMeant: (thing: SimulatedThing) => boolean): Promise<Observation> {
    const thing = await this.require(ref);
    return isMeant(thing)
      ? await this.change(thing, { status: "running", startedAtMs: Date.now() })
      : observationOf(thing);
  }

  /** Replaces what a volume holds. */
  async exchange(ref: ComponentRef, path: string, tar: Readable): Promise<void> {
    const thing = await this.require(ref);
    await this.store.put({ ...thing, volumes: await writeVolume(thing, path, tar) }, false);
  }

  async require(ref: ComponentRef): Promise<SimulatedThing> {
    const thing = await this.find(ref);
    if (!thing) throw new DriverError("permanent", `${ref.component} does not exist.`);
    return thing;
  }

  private async change(thing: SimulatedThing, what: Partial<SimulatedThing>): Promise<Observation> {
    const changed = { ...thing, ...what };
    await this.store.put(changed, false);
    return observationOf(changed);
  }

  async metrics(refs: ComponentRef[]): Promise<Map<string, MetricSample>> {
    const at = new Date();
    const samples = new Map<string, MetricSample>();
    for (const ref of refs) {
      const thing = await this.find(ref);
      if (thing) samples.set(refKey(ref), simulatedSample(thing, at));
    }
    return samples;
  }

  private async work(
    call: "apply" | "poll" | "remove",
    ref: ComponentRef,
    signal: AbortSignal,
  ): Promise<void> {
    await this.strike(call, "before", ref, signal);
    const [lowest, highest] = this.config.latencyMs;
    if (highest > 0) {
      await new Promise((resolve) => setTimeout(resolve, lowest + Math.random() * (highest - lowest)));
    }
    if (signal.aborted) throw new DriverError("retryable", "Interrupted before anything was changed.");
  }

  private async strike(
    call: "apply" | "poll" | "observe" | "remove",
    when: "before" | "after",
    ref: ComponentRef,
    signal?: AbortSignal,
  ): Promise<void> {
    if (this.config.faults.length === 0) return;
    await strikeFaults(this.config, this.store, { call, when, ref, ...(signal ? { signal } : {}) });
  }
}

function made(
  ref: ComponentRef,
  desired: DesiredComponent,
  key: string,
  before: SimulatedThing | null,
  pendingMs: number,
): SimulatedThing {
  const name = hash("sha256", refKey(ref)).slice(0, 8);
  return {
    ref,
    externalId: before?.externalId ?? `sim-${ref.environmentName}-${ref.component}-${name}`,
    key,
    digest: digestOf(desired),
    status: "running",
    replicas: desired.replicas,
    port: before?.port ?? 10_000 + (Number.parseInt(name, 16) % 50_000),
    ports: logicalPorts(desired.spec),
    cpu: desired.size.cpu,
    memoryBytes: desired.size.memoryBytes,
    readyAtMs: Date.now() + pendingMs,
    createdAtMs: before?.createdAtMs ?? Date.now(),
  };
}

async function* discover(store: SimulatedStore): AsyncIterable<Discovered> {
  for (const thing of await store.all()) {
    yield {
      externalId: thing.externalId,
      name: thing.externalId,
      type: "simulated",
      ref: thing.ref,
      createdAt: new Date(thing.createdAtMs),
    };
  }
}
