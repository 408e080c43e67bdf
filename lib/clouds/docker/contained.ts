import type Dockerode from "dockerode";
import { DriverError } from "../contract";
import { defaultCapabilities } from "./capabilities";
import type { DockerConfig } from "./config";

/**
 * Version of what every container is given. It is part of a container's shape, so that one made under older rules is
 * made anew by the next change of its component.
 */
export const containment = 2;

/** Logs are bounded, or a chatty component fills the engine's disk. */
export const logConfig = { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } };

/** The client's types are older than the engine's field. */
export type HostConfig = Dockerode.HostConfig & { CgroupnsMode?: string };

const noNewPrivileges = "no-new-privileges:true";

/**
 * What every container has, whoever asks and whatever it is for: components, balancers and helpers. Nothing of the
 * host's; seccomp and AppArmor are the engine's own profiles, because nothing else is said.
 */
export function contained(config: DockerConfig): HostConfig {
  return {
    Privileged: false,
    CapDrop: ["ALL"],
    CapAdd: [],
    SecurityOpt: [noNewPrivileges],
    PidsLimit: config.pidsLimit,
    IpcMode: "private",
    PidMode: "",
    UTSMode: "",
    UsernsMode: "",
    CgroupnsMode: "private",
    PublishAllPorts: false,
    Binds: [],
    Devices: [],
    DeviceRequests: [],
    Ulimits: [
      { Name: "nofile", Soft: config.openFilesLimit, Hard: config.openFilesLimit },
      { Name: "core", Soft: 0, Hard: 0 },
    ],
    LogConfig: logConfig,
    RestartPolicy: { Name: "no" },
  };
}

/**
 * The last look at a container before the engine is asked to make it. It trusts nothing that came before: a mistake in
 * how a body is put together ends here and not on the host.
 * @throws DriverError permanent
 */
export function requireContained(name: string, host: HostConfig | undefined, config: DockerConfig): void {
  const problem = problemOf(host ?? {}, config);
  if (!problem) return;
  throw new DriverError("permanent", `The container ${name} is not made: ${problem}.`, {
    hint: "This is a fault of the driver; report it.",
  });
}

const ownNetwork = /^(?:none|[0-9a-f]{64})$/;
const mayAlways = new Set(defaultCapabilities);

function problemOf(host: HostConfig, config: DockerConfig): string | null {
  const empty = (list: unknown[] | null | undefined) => (list ?? []).length === 0;
  const may = (name: string) => mayAlways.has(name) || config.allowCapabilities.some((one) => one === name);
  const checks: [boolean, string][] = [
    [host.Privileged === false, "it would be privileged"],
    [host.CapDrop?.join() === "ALL", "it would keep capabilities of the engine's default"],
    [
      (host.CapAdd as string[] | undefined)?.every(may) ?? false,
      "it would get a capability that is not allowed",
    ],
    [host.SecurityOpt?.join() === noNewPrivileges, "its security options differ"],
    [(host.PidsLimit ?? 0) > 0 && (host.PidsLimit ?? 0) <= config.pidsLimit, "it has no limit of processes"],
    [host.IpcMode === "private" && host.CgroupnsMode === "private", "it would share a namespace"],
    [!host.PidMode && !host.UTSMode && !host.UsernsMode, "it would share a namespace"],
    [ownNetwork.test(host.NetworkMode ?? ""), "it would join another network"],
    [
      empty(host.Binds) && empty(host.VolumesFrom as unknown[] | undefined),
      "it would mount what is not its own",
    ],
    [(host.Mounts ?? []).every((mount) => mount.Type === "volume"), "it would mount what is not its own"],
    [empty(host.Devices) && empty(host.DeviceRequests), "it would get a device"],
    [Object.keys(host.Sysctls ?? {}).length === 0 && !host.Runtime, "it would change the kernel's settings"],
    [empty(host.ExtraHosts) && empty(host.GroupAdd), "it would get names or groups of the host"],
    [!host.OomKillDisable && !host.OomScoreAdj, "it would outlive a lack of memory"],
    [!host.PublishAllPorts, "it would publish every port"],
    [bindsOnly(host, config.bind), `it would publish a port elsewhere than on ${config.bind}`],
  ];
  return checks.find(([fine]) => !fine)?.[1] ?? null;
}

function bindsOnly(host: Dockerode.HostConfig, bind: string): boolean {
  const bindings = Object.values((host.PortBindings ?? {}) as Record<string, { HostIp?: string }[]>).flat();
  return bindings.every((binding) => binding.HostIp === bind);
}
