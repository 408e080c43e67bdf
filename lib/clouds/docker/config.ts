import { z } from "zod";
import { DriverError } from "../contract";
import { linkHostSchema } from "../link-host";
import { linuxCapabilities } from "./capabilities";
import { patternProblem } from "./image-name";

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

/** Configuration of a Docker cloud; what is left out is found on the machine Rostrum runs on. */
export const dockerConfigSchema = z.strictObject({
  socketPath: z
    .string()
    .startsWith("/", "expected the path of a socket, such as /var/run/docker.sock")
    .optional()
    .meta({ title: "Socket", description: "Local engine. Left out with no host: the usual sockets." }),
  host: z
    .string()
    .min(1)
    .optional()
    .meta({ title: "Host", description: "Name or address of a remote engine (instead of a socket)." }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .meta({ title: "Port", description: "2376 with TLS, else 2375." }),
  tls: z
    .boolean()
    .default(false)
    .meta({ title: "TLS", description: "Uses the credentials ca, cert and key (PEM)." }),
  bind: z.string().default("127.0.0.1").meta({
    title: "Bind address",
    description: "Address of the engine's host that ports are published on.",
  }),
  address: linkHostSchema().meta({
    title: "Public address",
    description: "Name or address under which people reach those ports; not the portal's.",
  }),
  portRange: z
    .string()
    .regex(portRangePattern, "expected a range such as 30000-39999")
    .refine((text) => rangeOf(text) !== null, "expected a range such as 30000-39999, from 1024 to 65535")
    .default("30000-39999")
    .meta({ title: "Port range", description: "Host ports that Rostrum may publish." }),
  balancerImage: z
    .string()
    .default("haproxy:lts-alpine")
    .meta({ title: "Balancer image", description: "Runs in front of components with several replicas." }),
  balancerKind: z
    .enum(["haproxy", "node"])
    .default("haproxy")
    .meta({ title: "Balancer kind", description: "What the balancer image holds: HAProxy, or Node.js." }),
  allowedImages: z.array(imagePattern).max(200).default([]).meta({
    title: "Allowed images",
    description:
      "Patterns such as postgres:* or registry.example.com/team/*. * stands for one part of a name, ** for several. None: any image.",
  }),
  requireDigest: z.boolean().default(false).meta({
    title: "Require digests",
    description:
      "Run only images with a digest in their registry. Refuses images that were built or loaded on the engine's host.",
  }),
  refuseRootUser: z.boolean().default(false).meta({
    title: "Refuse root",
    description: "Refuse containers that run as user 0 instead of showing a warning.",
  }),
  allowCapabilities: z.array(z.enum(linuxCapabilities)).max(linuxCapabilities.length).default([]).meta({
    title: "Allowed capabilities",
    description:
      "Linux capabilities that templates may add, for example SYS_NICE. None beyond the default set.",
  }),
  pidsLimit: z.int().min(16).max(100_000).default(1_024).meta({
    title: "Processes per container",
    description: "Processes and threads a container may have at once.",
  }),
  openFilesLimit: z.int().min(256).max(1_048_576).default(16_384).meta({
    title: "Open files per process",
    description: "Not above the engine's own limit.",
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
  if (!range) throw new DriverError("permanent", `"${config.portRange}" is not a range of ports.`);
  return range;
}

/** The configuration with defaults; a permanent DriverError names what is wrong. */
export function parseConfig(config: Record<string, unknown>): DockerConfig {
  const parsed = dockerConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join(".") || "config"}: ${issue.message}`);
  throw new DriverError("permanent", `The Docker cloud's configuration is not valid: ${reasons.join("; ")}`);
}
