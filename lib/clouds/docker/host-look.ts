import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { capabilityName, defaultCapabilities } from "./capabilities";
import type { DockerConfig } from "./config";
import { logConfig, noNewPrivileges, ulimitsOf } from "./contained";
import { labels, ownsVolume } from "./names";
import { tmpfsProblems } from "./tmpfs";

/** A container's host configuration: as the driver wants it, or (`made`) as the engine says that it is. */
export interface Found {
  host: Record<string, unknown>;
  labels: Record<string, string>;
  made: boolean;
}

interface Rule {
  /** Is this value one that the driver sets? */
  fits(value: unknown, found: Found, config: DockerConfig): boolean;
  problem: string;
  /** A value must be there. */
  required?: true;
}

/** An engine may lack a cgroup controller; then it drops these limits and says so in its facts. */
export const limitFields = ["Memory", "MemorySwap", "NanoCpus", "PidsLimit"] as const;

const isPositive = (value: unknown) => typeof value === "number" && value > 0;

/** Every field that a container may have, with the values it may have. What isn't here must be empty. */
const rules: Record<string, Rule> = {
  CapDrop: {
    required: true,
    fits: (value) => isDeepStrictEqual(value, ["ALL"]),
    problem: "it keeps default capabilities of the engine",
  },
  CapAdd: {
    fits: (value, _found, config) =>
      strings(value)?.every((name) => mayAdd(capabilityName(name), config)) ?? false,
    problem: "it gets a capability that isn't allowed",
  },
  SecurityOpt: {
    required: true,
    fits: (value) => isDeepStrictEqual(value, [noNewPrivileges]),
    problem: "its security options differ",
  },
  Memory: { required: true, fits: isPositive, problem: "it has no memory limit" },
  MemorySwap: {
    required: true,
    // An engine that can't limit swap writes -1 itself.
    fits: (value, { host, made }) => value === host.Memory || (made && value === -1),
    problem: "it may swap",
  },
  NanoCpus: { required: true, fits: isPositive, problem: "it has no CPU limit" },
  PidsLimit: {
    required: true,
    fits: (value, _found, config) => isPositive(value) && (value as number) <= config.pidsLimit,
    problem: "it has no process limit",
  },
  IpcMode: { required: true, fits: (value) => value === "private", problem: "it shares a namespace" },
  CgroupnsMode: { required: true, fits: (value) => value === "private", problem: "it shares a namespace" },
  NetworkMode: {
    required: true,
    fits: (value) => typeof value === "string" && /^(?:none|[0-9a-f]{64})$/.test(value),
    problem: "it joins another network",
  },
  Mounts: { fits: (value, found) => mountsFit(value, found.labels), problem: "it mounts what isn't its own" },
  Tmpfs: { fits: tmpfsFits, problem: "an in-memory folder has flags that aren't allowed" },
  Ulimits: { required: true, fits: ulimitsFit, problem: "its limits of open files or core dumps differ" },
  LogConfig: {
    required: true,
    fits: (value) => isDeepStrictEqual(value, logConfig),
    problem: "its log isn't bounded",
  },
  RestartPolicy: {
    required: true,
    fits: (value) => z.object({ Name: z.literal("no") }).safeParse(value).success,
    problem: "the engine restarts it",
  },
  PortBindings: {
    fits: (value, { made }, config) => bindingsFit(value, made ? [config.bind, ...loopback] : [config.bind]),
    problem: "it publishes a port on another address than the cloud's bind address",
  },
  ReadonlyRootfs: { fits: (value) => value === true, problem: "ReadonlyRootfs isn't true or false" },
  Init: { fits: (value) => value === true, problem: "Init isn't true or false" },
};

/** What the engine fills in by itself, with what it may fill in. */
const filledIn: Record<string, (value: unknown) => boolean> = {
  ConsoleSize: (value) => isDeepStrictEqual(value, [0, 0]),
  ShmSize: isPositive,
  Runtime: (value) => typeof value === "string",
  Isolation: (value) => value === "default",
  MemorySwappiness: (value) => value === -1,
  MaskedPaths: (value) => strings(value)?.includes("/proc/kcore") ?? false,
  ReadonlyPaths: (value) => strings(value)?.includes("/proc/sys") ?? false,
};

/** Fields that are wrong by their presence, in words. Others are named as they are. */
const presence: Record<string, string> = {
  Privileged: "it is privileged",
  PidMode: "it shares a namespace",
  UTSMode: "it shares a namespace",
  UsernsMode: "it shares a namespace",
  Binds: "it mounts what isn't its own",
  VolumesFrom: "it mounts what isn't its own",
  Devices: "it gets a device",
  DeviceRequests: "it gets a device",
  DeviceCgroupRules: "it gets a device",
  Sysctls: "it changes the kernel's settings",
  ExtraHosts: "it gets names of the host",
  GroupAdd: "it gets groups of the host",
  OomKillDisable: "the out-of-memory killer is disabled",
  OomScoreAdj: "the out-of-memory killer spares it",
  PublishAllPorts: "it publishes every port",
};

/**
 * What a container has that no container may have; null when nothing.
 * @param unlimited limits that the engine can't set; only looked at for a container that is made
 */
export function hostProblem(
  found: Found,
  config: DockerConfig,
  unlimited: ReadonlySet<string> = new Set(),
): string | null {
  const { host, made } = found;
  for (const [key, rule] of Object.entries(rules)) {
    const value = host[key];
    if (made && unlimited.has(key) && (isInert(value) || value === -1)) continue;
    if (isInert(value) ? rule.required : !rule.fits(value, found, config)) return rule.problem;
  }
  for (const [key, value] of Object.entries(host)) {
    if (isInert(value) || key in rules) continue;
    if (made && filledIn[key]?.(value)) continue;
    return presence[key] ?? `HostConfig.${key} is set`;
  }
  // Without them the engine would show the host's kernel memory and let its settings be written.
  if (made && (isInert(host.MaskedPaths) || isInert(host.ReadonlyPaths)))
    return "paths of /proc aren't masked";
  return null;
}

/** Is a limit missing that only the engine's lack of a cgroup controller explains? */
export function lacksLimit(host: Record<string, unknown>): boolean {
  return limitFields.some((key) => isInert(host[key]) || host[key] === -1);
}

function isInert(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function strings(value: unknown): string[] | null {
  return z.array(z.string()).safeParse(value).data ?? null;
}

function mayAdd(name: string, config: DockerConfig): boolean {
  return defaultCapabilities.includes(name) || config.allowCapabilities.some((one) => one === name);
}

const mountsSchema = z.array(
  z.strictObject({
    Type: z.literal("volume"),
    Source: z.string(),
    Target: z.string().startsWith("/"),
    ReadOnly: z.boolean().optional(),
    VolumeOptions: z
      .strictObject({ NoCopy: z.boolean().optional(), DriverConfig: z.strictObject({}).optional() })
      .optional(),
  }),
);

function mountsFit(value: unknown, own: Record<string, string>): boolean {
  const mounts = mountsSchema.safeParse(value).data;
  const environmentId = own[labels.environment] ?? "";
  const component = own[labels.component] ?? "";
  return mounts?.every((mount) => ownsVolume({ environmentId, component }, mount.Source)) ?? false;
}

function tmpfsFits(value: unknown): boolean {
  const entries = Object.entries(z.record(z.string(), z.string()).safeParse(value).data ?? { "": "" });
  return entries.every(
    ([path, options]) =>
      /^nosuid,nodev(?:,|$)/.test(options) && tmpfsProblems([`${path}:${options}`]).length === 0,
  );
}

const ulimitSchema = z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() }));

function ulimitsFit(value: unknown, { made }: Found, config: DockerConfig): boolean {
  const found = ulimitSchema.safeParse(value).data;
  if (!found) return false;
  if (!made) return isDeepStrictEqual(found, ulimitsOf(config));
  // A living container keeps the number of its time, and an engine adds defaults of its own for other limits.
  const of = (name: string) => found.find((one) => one.Name === name);
  return of("core")?.Hard === 0 && (of("nofile")?.Hard ?? -1) > 0;
}

const bindingsSchema = z.record(
  z.string(),
  z.array(z.strictObject({ HostIp: z.string(), HostPort: z.string().regex(/^\d{1,5}$/) })).nullable(),
);

/** A container that is made may stay on loopback when the cloud's bind address changes: fewer reach it. */
const loopback = ["127.0.0.1", "::1"];

function bindingsFit(value: unknown, addresses: readonly string[]): boolean {
  const bindings = bindingsSchema.safeParse(value).data;
  if (!bindings) return false;
  return Object.values(bindings).every((list) => (list ?? []).every((one) => addresses.includes(one.HostIp)));
}
