import { messageOf } from "@/lib/kernel/errors";
import { sentences } from "@/lib/kernel/sentences";
import {
  type Capability,
  type CloudConnection,
  type CloudHealth,
  type Driver,
  DriverError,
} from "../contract";
import { allowancesOf } from "./allowances";
import { applyComponent } from "./apply";
import { dockerConfigSchema, parseConfig } from "./config";
import { copyIn, copyOut } from "./copy";
import { checkEngine, discoverAll } from "./discover";
import { type DockerCloud, openEngine } from "./engine";
import { examineComponent } from "./examine";
import { execInContainer } from "./exec";
import { validateDesired, warningsOf } from "./judge";
import { recoverComponent, restartComponent, startComponent, stopComponent } from "./lifecycle";
import { componentLogs } from "./logs";
import { type CpuMemory, sampleMetrics } from "./metrics";
import { observeComponent } from "./observe";
import { findOwn, replicasOf } from "./own";
import { listOwned } from "./owned";
import { probeComponent } from "./probe-replica";
import { removeComponent, removeEnvironment } from "./remove";
import { decideChange } from "./spec";

export { findLocalDocker, type LocalDocker } from "./find-local";

const capabilities: ReadonlySet<Capability> = new Set([
  "scale",
  "stop",
  "logs",
  "metrics",
  "exec",
  "backup",
  "resize",
] as const);

/** An engine works at images, networks and volumes one at a time; more changes at once only wait inside it. */
const maxChanges = 16;

/** Runs components as containers of a Docker engine, through its API. Local socket, TCP, or TCP with TLS. */
export const dockerDriver: Driver = {
  kind: "docker",
  title: "Docker",
  implementations: ["container"],
  capabilities,
  configSchema: dockerConfigSchema,
  allowances: (config, facts) => allowancesOf(parseConfig(config), facts),
  addressField: "address",
  open: async (config, host) => {
    const parsed = parseConfig(config);
    return connect({ config: parsed, host, engine: await openEngine(parsed, host.credentials) });
  },
};

function connect(cloud: DockerCloud): CloudConnection {
  const seen: CpuMemory = new Map();
  return {
    maxChanges,
    check: () => check(cloud),
    validate: (desired) => validateDesired(cloud, desired, () => check(cloud)),
    warnings: (desired) => warningsOf(cloud, desired),
    decideChange,
    observe: (ref) => observeComponent(cloud, ref),
    examine: (ref, desired) => examineComponent(cloud, ref, desired),
    probe: (ref, desired, signal) => probeComponent(cloud, ref, desired, signal),
    apply: (ref, action, desired, ctx) => applyComponent(cloud, ref, action, desired, ctx),
    poll: async (ref) => {
      throw new DriverError("permanent", `No pending operation for ${ref.component} in Docker.`);
    },
    remove: async (ref, ctx) => {
      await removeComponent(cloud, ref, ctx);
      return { state: "done" };
    },
    removeEnvironment: (environmentId, ctx) => removeEnvironment(cloud, environmentId, ctx),
    listOwned: (environmentId, signal) => listOwned(cloud, environmentId, signal),
    discover: (signal) => discoverAll(cloud, signal),
    restart: (ref, ctx) => restartComponent(cloud, ref, ctx),
    recover: (ref, ctx) => recoverComponent(cloud, ref, ctx),
    stop: (ref, ctx) => stopComponent(cloud, ref, ctx),
    start: (ref, ctx) => startComponent(cloud, ref, ctx),
    metrics: (refs) => sampleMetrics(cloud, refs, seen),
    logs: (ref, options) => componentLogs(cloud, ref, options),
    exec: async (ref, options) => {
      const replicas = [...replicasOf(await findOwn(cloud, ref)).values()];
      const running = replicas.find((container) => container.State.Running);
      if (running) return execInContainer(cloud, running.name, options);
      throw new DriverError("permanent", `${ref.component} has no running container to run a command in.`);
    },
    copyOut: (ref, path, signal) => copyOut(cloud, ref, path, signal),
    copyIn: (ref, path, tar, signal) => copyIn(cloud, ref, path, tar, signal),
    close: async () => cloud.engine.close(),
  };
}

async function check(cloud: DockerCloud): Promise<CloudHealth> {
  try {
    return await checkEngine(cloud);
  } catch (error) {
    const message = sentences(messageOf(error), error instanceof DriverError ? error.hint : "");
    return { ok: false, message, version: "", capacity: null, facts: {} };
  }
}
