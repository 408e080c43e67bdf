import { createHash } from "node:crypto";
import type { ComponentRef, MetricSample, Observation } from "../contract";
import { simulatedUrl } from "./links";
import type { SimulatedThing } from "./store";

type Present = Extract<Observation, { present: true }>;

/** What the simulated cloud says about a thing it holds. */
export function observationOf(thing: SimulatedThing): Present {
  const running = thing.status === "running" ? thing.replicas : 0;
  const ports = Object.fromEntries((thing.ports ?? []).map((port, index) => [port, thing.port + index]));
  const address = { host: "127.0.0.1", ports };
  const first = Object.values(ports)[0];
  return {
    present: true,
    externalId: thing.externalId,
    status: thing.status,
    appliedKey: thing.key,
    appliedDigest: thing.digest,
    attributes: {
      simulated: true,
      zone: "sim-1",
      startedAt: running > 0 ? new Date(thing.startedAtMs ?? thing.createdAtMs).toISOString() : null,
    },
    internal: address,
    external: address,
    url: first ? simulatedUrl(thing.ref) : null,
    outputs: {},
    replicas: { desired: thing.replicas, running },
  };
}

/** A believable answer about something this cloud was told to assume present. */
export function assumedThing(ref: ComponentRef): SimulatedThing {
  return {
    ref,
    externalId: `sim-${ref.environmentName}-${ref.component}`,
    key: "",
    digest: "",
    status: "running",
    replicas: 1,
    port: 0,
    cpu: 0.5,
    memoryBytes: 512 * 1024 * 1024,
    readyAtMs: 0,
    createdAtMs: 0,
  };
}

/**
 * A sample with a daily rhythm: most load in the afternoon, a little noise, each component with a base of its
 * own that is the same at every call.
 */
export function simulatedSample(thing: SimulatedThing, at: Date): MetricSample {
  const seed = createHash("sha256").update(`${thing.ref.environmentId}/${thing.ref.component}`).digest();
  const base = 0.08 + ((seed[0] ?? 0) / 255) * 0.35;
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const day = 0.5 + 0.5 * Math.sin(((hour - 8) / 24) * 2 * Math.PI);
  const noise = 0.5 + 0.5 * Math.sin(at.getTime() / 47_000 + (seed[1] ?? 0));
  const load = thing.status === "running" ? Math.min(1, base * (0.5 + day) + 0.06 * noise) : 0;
  const aliveSeconds = Math.max(0, (at.getTime() - thing.createdAtMs) / 1000) % 1e7;
  return {
    at,
    cpuCores: round(thing.cpu * load * thing.replicas, 4),
    memoryBytes: thing.status === "running" ? Math.round(thing.memoryBytes * (0.35 + 0.3 * load)) : 0,
    storageBytes: Math.round(64e6 + aliveSeconds * 20),
    networkReceivedBytes: Math.round(aliveSeconds * 900 * base),
    networkSentBytes: Math.round(aliveSeconds * 2_400 * base),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
