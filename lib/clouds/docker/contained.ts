import type Dockerode from "dockerode";
import type { DockerConfig } from "./config";
import { type Limits, limitsOf } from "./limits";

/**
 * Version of what every container is given. It is part of a container's shape and a label of it, so that one made under
 * older rules is recreated by the next change of its component.
 */
export const containment = 3;

/** Logs are bounded, or a chatty component fills the engine's disk. */
export const logConfig = { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } };

/** The client's types are older than the engine's field. */
export type HostConfig = Dockerode.HostConfig & { CgroupnsMode?: string };

export const noNewPrivileges = "no-new-privileges:true";

/** Open files and core dumps of every process of a container. */
export function ulimitsOf(config: Pick<DockerConfig, "openFilesLimit">) {
  return [
    { Name: "nofile", Soft: config.openFilesLimit, Hard: config.openFilesLimit },
    { Name: "core", Soft: 0, Hard: 0 },
  ];
}

/**
 * What every container has, for every user and purpose: components, balancers and helpers. Nothing of the
 * host's; seccomp and AppArmor are the engine's own profiles, because nothing else is said.
 */
export function contained(config: DockerConfig, limits: Limits, pidsLimit = config.pidsLimit): HostConfig {
  return {
    Privileged: false,
    CapDrop: ["ALL"],
    CapAdd: [],
    SecurityOpt: [noNewPrivileges],
    ...limitsOf(limits),
    PidsLimit: Math.min(pidsLimit, config.pidsLimit),
    IpcMode: "private",
    PidMode: "",
    UTSMode: "",
    UsernsMode: "",
    CgroupnsMode: "private",
    PublishAllPorts: false,
    Binds: [],
    Devices: [],
    DeviceRequests: [],
    Ulimits: ulimitsOf(config),
    LogConfig: logConfig,
    RestartPolicy: { Name: "no" },
  };
}
