import type { Problem } from "../contract";

export interface RefusedRule {
  /** Keys of a Compose service. */
  keys: readonly string[];
  subject: string;
  reason: string;
}

function refused(subject: string, keys: readonly string[], reason: string): RefusedRule {
  return { keys, subject, reason };
}

/** Whatever Compose knows and a container may not have here: with the reason, or with what takes its place. */
export const refusedRules: readonly RefusedRule[] = [
  refused(
    "Privileged containers",
    ["privileged", "use_api_socket", "credential_spec", "isolation"],
    "A privileged container controls the engine's host. The engine's socket is never mounted.",
  ),
  refused("Devices and GPUs", ["devices", "device_cgroup_rules", "gpus"], "Devices belong to the host."),
  refused(
    "Namespaces of the host or another container",
    ["pid", "ipc", "uts", "userns_mode", "cgroup", "cgroup_parent", "network_mode"],
    "Every container has its own process, IPC, host name, cgroup and network namespace.",
  ),
  refused(
    "Security profiles and kernel parameters",
    ["security_opt", "sysctls", "runtime"],
    "Templates can't change the engine's profiles, and no-new-privileges is always set.",
  ),
  refused(
    "Host folders and volumes of other containers",
    ["volumes_from", "configs", "env_file", "label_file", "storage_opt"],
    "Only named volumes of the component itself are mounted. Use files and environment instead.",
  ),
  refused(
    "Networks, DNS and host names",
    [
      "networks",
      "links",
      "external_links",
      "extra_hosts",
      "dns",
      "dns_opt",
      "dns_search",
      "domainname",
      "hostname",
      "mac_address",
      "container_name",
      "attach",
    ],
    "A component joins the network of its environment and no other, under its own name. Nothing points at the engine's host.",
  ),
  refused(
    "Resource limits",
    [
      "pids_limit",
      "ulimits",
      "shm_size",
      "oom_kill_disable",
      "oom_score_adj",
      "mem_limit",
      "mem_reservation",
      "mem_swappiness",
      "memswap_limit",
      "cpus",
      "cpuset",
      "cpu_count",
      "cpu_percent",
      "cpu_period",
      "cpu_quota",
      "cpu_rt_period",
      "cpu_rt_runtime",
      "cpu_shares",
      "blkio_config",
    ],
    "CPU and memory come from the component's size; swap, open files, shared memory and processes are set for every container.",
  ),
  refused("Additional groups", ["group_add"], "A container has the groups of its user in the image."),
  refused(
    "Restart policy, start order and replicas of Compose",
    ["restart", "depends_on", "deploy", "scale", "profiles", "extends", "provider", "models", "develop"],
    "Rostrum starts and heals components. Use requires, replicas and recovery of the component.",
  ),
  refused("Secrets of Compose", ["secrets"], "Use the component's secrets, which are kept encrypted."),
  refused(
    "Logging drivers",
    ["logging", "annotations", "driver_opts"],
    "Logs are kept by the engine, bounded to three files of 10 MB, and are read through Rostrum.",
  ),
  refused(
    "Building images, other platforms",
    ["build", "platform", "pull_policy"],
    "A component uses a prebuilt image for the engine’s own platform.",
  ),
  refused("Terminals", ["tty", "stdin_open"], "Containers run without a terminal."),
  refused(
    "Lifecycle hooks",
    ["post_start", "pre_stop"],
    "Add these commands to the image, or use the template’s actions.",
  ),
];

const reasons = new Map(
  refusedRules.flatMap(({ keys, reason }) => keys.map((key) => [key, reason] as const)),
);

/** A sentence for every key of a container block that no container may have. */
export function refusedKeys(spec: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(spec).flatMap((key) => {
    const reason = reasons.get(key);
    return reason === undefined ? [] : [{ path: key, message: `${key} is refused. ${reason}` }];
  });
}
