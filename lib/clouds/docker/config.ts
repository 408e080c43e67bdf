import { isIP } from "node:net";
import { z } from "zod";
import { isBytes, parseBytes } from "@/lib/kernel/quantities";
import { DriverError } from "../contract";
import { linkHostSchema } from "../link-host";
import { linuxCapabilities } from "./capabilities";
import { isReservedLabel } from "./container-labels";
import { parseImage, patternProblem } from "./image-name";

/** Docker refuses less memory for a container. */
export const minMemoryBytes = 6 * 2 ** 20;

const portRangePattern = /^(\d{2,5})-(\d{2,5})$/;

const imagePattern = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(300)
  .superRefine((pattern, issue) => {
    const problem = patternProblem(pattern);
    if (problem) issue.addIssue({ code: "custom", message: problem });
  });

const labelPrefix = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "expected a label prefix, such as app.")
  .max(200)
  .refine((prefix) => !isReservedLabel(prefix), "labels of Rostrum and Docker are reserved");

/** Configuration of a Docker cloud; what is left out is found on the machine Rostrum runs on. */
export const dockerConfigSchema = z.strictObject({
  socketPath: z
    .string()
    .startsWith("/", "expected a socket path, such as /var/run/docker.sock")
    .optional()
    .meta({
      title: "Socket",
      description: "Path to a local Docker socket. Leave blank to auto-detect, unless you set a host.",
    }),
  host: z
    .string()
    .min(1)
    .optional()
    .meta({ title: "Host", description: "Hostname or IP address of a remote engine, instead of a socket." }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .meta({ title: "Port", description: "Default: 2376 with TLS, 2375 without." }),
  tls: z
    .boolean()
    .default(false)
    .meta({ title: "TLS", description: "Uses the credentials ca, cert and key (PEM)." }),
  bind: z
    .string()
    .refine((text) => isIP(text) !== 0, "expected an IP address, such as 127.0.0.1 or 0.0.0.0")
    .default("127.0.0.1")
    .meta({
      title: "Bind address",
      description: "IP address of the engine’s host for published ports.",
    }),
  address: linkHostSchema().meta({
    title: "Public address",
    description: "Hostname or IP address in URLs of components. Must differ from the portal’s.",
  }),
  portRange: z
    .string()
    .regex(portRangePattern, "expected a range such as 30000-39999")
    .refine((text) => rangeOf(text) !== null, "expected a range such as 30000-39999, from 1024 to 65535")
    .default("30000-39999")
    .meta({ title: "Port range", description: "Host ports that Rostrum can publish." }),
  balancerImage: z
    .string()
    .refine((text) => parseImage(text) !== null, "expected an image name, such as haproxy:lts-alpine")
    .default("haproxy:lts-alpine")
    .meta({
      title: "Balancer image",
      description: "Used for load balancing replicas and for restores. Requires sh, rm and mv.",
    }),
  balancerKind: z
    .enum(["haproxy", "node"])
    .default("haproxy")
    .meta({ title: "Balancer kind", description: "Program in the balancer image: HAProxy or Node.js." }),
  allowedImages: z.array(imagePattern).max(200).default([]).meta({
    title: "Allowed images",
    description:
      "Patterns such as postgres:* or registry.example.com/team/*. * matches one part of a name, ** several; ** alone matches all. Empty: any image.",
  }),
  requireDigest: z.boolean().default(false).meta({
    title: "Require digests",
    description: "Require a registry digest. Images built or loaded on the engine's host are refused.",
  }),
  refuseRootUser: z.boolean().default(false).meta({
    title: "Refuse root",
    description: "Refuse containers that run as user 0. Otherwise plans show a warning.",
  }),
  allowCapabilities: z.array(z.enum(linuxCapabilities)).max(linuxCapabilities.length).default([]).meta({
    title: "Allowed capabilities",
    description: "Linux capabilities that templates can add to the default set, such as SYS_NICE.",
  }),
  pidsLimit: z.int().min(16).max(100_000).default(1_024).meta({
    title: "Processes per container",
    description: "Maximum number of processes and threads.",
  }),
  openFilesLimit: z.int().min(256).max(1_048_576).default(16_384).meta({
    title: "Open files per process",
    description: "Can’t exceed the engine’s own limit.",
  }),
  defaultCpu: z.number().min(0.01).max(1_024).default(1).meta({
    title: "Default CPU",
    description: "CPU limit, in cores, of containers without a CPU size.",
  }),
  defaultMemory: z
    .string()
    .refine(
      (text) => isBytes(text) && parseBytes(text) >= minMemoryBytes,
      "expected a size such as 512Mi, from 6Mi",
    )
    .default("512Mi")
    .meta({ title: "Default memory", description: "Memory limit of containers without a memory size." }),
  allowedLabels: z.array(labelPrefix).max(200).default(["app."]).meta({
    title: "Allowed labels",
    description:
      "Prefixes of container labels that templates can set, such as app. Others can steer programs on the host.",
  }),
});

export type DockerConfig = z.output<typeof dockerConfigSchema>;

export interface PortRange {
  from: number;
  to: number;
}

function rangeOf(text: string): PortRange | null {
  const match = portRangePattern.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  return from >= 1024 && to <= 65_535 && from <= to ? { from, to } : null;
}

/** First and last host port of a checked configuration. */
export function portRangeOf(config: DockerConfig): PortRange {
  const range = rangeOf(config.portRange);
  if (!range) throw new DriverError("permanent", `"${config.portRange}" is not a port range.`);
  return range;
}

/** The configuration with defaults; a permanent DriverError names what is wrong. */
export function parseConfig(config: Record<string, unknown>): DockerConfig {
  const parsed = dockerConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join(".") || "config"}: ${issue.message}`);
  throw new DriverError("permanent", `Invalid Docker cloud configuration: ${reasons.join("; ")}`);
}
