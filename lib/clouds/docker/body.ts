import type Dockerode from "dockerode";
import type { ComponentRef, DesiredComponent, Size } from "../contract";
import type { DockerCloud } from "./engine";
import { containerName, labels, volumeName } from "./names";
import { portLabels } from "./ports";
import { type ContainerPlan, durationMs, needsBalancer, shapeOf } from "./spec";

export type CreateBody = Dockerode.ContainerCreateOptions & { name: string; Labels: Record<string, string> };

/** What all containers of one change share. */
export interface ChangePlan {
  ref: ComponentRef;
  desired: DesiredComponent;
  plan: ContainerPlan;
  hostPorts: Record<string, number>;
  networkId: string;
  key: string;
  digest: string;
}

/** Logs are bounded, or a chatty component fills the engine's disk. */
export const logConfig = { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } };

/**
 * Rostrum heals by itself: it counts failures, opens incidents and backs off. An engine restarting containers
 * behind its back would hide all of that, and would bring back what Rostrum stopped.
 */
export const restartPolicy = { Name: "no" };

/** CPU and memory limits as the engine takes them. No swap: a limit that swaps is a slow machine, not a limit. */
export function limitsOf(size: Size): { NanoCpus?: number; Memory?: number; MemorySwap?: number } {
  return {
    ...(size.cpu > 0 ? { NanoCpus: Math.round(size.cpu * 1e9) } : {}),
    ...(size.memoryBytes > 0 ? { Memory: size.memoryBytes, MemorySwap: size.memoryBytes } : {}),
  };
}

/** The body that creates one replica of a component. */
export function replicaBody(cloud: DockerCloud, change: ChangePlan, replica: number): CreateBody {
  const { ref, desired, plan } = change;
  const { spec } = plan;
  const publishes = !needsBalancer(plan, desired.replicas);
  const stopMs = durationMs(spec.stop_grace_period);
  return {
    name: containerName(ref, replica),
    Image: plan.image,
    Hostname: ref.component.slice(0, 63),
    ...(spec.command ? { Cmd: spec.command } : {}),
    ...(spec.entrypoint ? { Entrypoint: spec.entrypoint } : {}),
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${String(value)}`),
    ...(spec.user ? { User: spec.user } : {}),
    ...(spec.working_dir ? { WorkingDir: spec.working_dir } : {}),
    ...(spec.stop_signal ? { StopSignal: spec.stop_signal } : {}),
    ...(stopMs === undefined ? {} : { StopTimeout: Math.ceil(stopMs / 1000) }),
    ...(spec.healthcheck ? { Healthcheck: healthcheckOf(spec.healthcheck) } : {}),
    ExposedPorts: Object.fromEntries(plan.ports.map((entry) => [`${entry.port}/${entry.protocol}`, {}])),
    Labels: {
      ...spec.labels,
      ...portLabels(cloud, ref, "component", change.hostPorts, plan.web),
      [labels.key]: change.key,
      [labels.digest]: change.digest,
      [labels.replica]: String(replica),
      [labels.shape]: shapeOf(plan, desired, change.hostPorts, cloud.config.bind),
    },
    HostConfig: {
      ...limitsOf(desired.size),
      NetworkMode: change.networkId,
      RestartPolicy: restartPolicy,
      LogConfig: logConfig,
      Init: spec.init !== false,
      SecurityOpt: ["no-new-privileges:true"],
      ...(spec.read_only === true ? { ReadonlyRootfs: true } : {}),
      ...(spec.cap_drop ? { CapDrop: spec.cap_drop } : {}),
      ...(spec.cap_add ? { CapAdd: spec.cap_add } : {}),
      ...(spec.tmpfs ? { Tmpfs: Object.fromEntries(spec.tmpfs.map(tmpfsOf)) } : {}),
      Mounts: plan.mounts.map((mount) => ({
        Type: "volume" as const,
        Source: volumeName(ref, mount.volume),
        Target: mount.path,
        ReadOnly: mount.readOnly,
      })),
      PortBindings: publishes ? bindingsOf(cloud, change) : {},
    },
    NetworkingConfig: { EndpointsConfig: { [change.networkId]: { Aliases: [ref.component] } } },
  };
}

export function bindingsOf(
  cloud: DockerCloud,
  change: Pick<ChangePlan, "plan" | "hostPorts">,
): Record<string, { HostIp: string; HostPort: string }[]> {
  return Object.fromEntries(
    change.plan.ports.map((entry) => [
      `${entry.port}/${entry.protocol}`,
      [{ HostIp: cloud.config.bind, HostPort: String(change.hostPorts[String(entry.port)]) }],
    ]),
  );
}

function tmpfsOf(text: string): [string, string] {
  const at = text.indexOf(":");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

type ComposeHealthcheck = NonNullable<ContainerPlan["spec"]["healthcheck"]>;

function healthcheckOf(check: ComposeHealthcheck): Dockerode.HealthConfig {
  const nanoseconds = (text: string | undefined) => {
    const ms = durationMs(text);
    return ms === undefined ? undefined : ms * 1e6;
  };
  return {
    Test: check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.start_period),
  };
}
