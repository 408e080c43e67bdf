import { z } from "zod";
import { hasUserinfo, noUserinfo } from "@/lib/kernel/userinfo";
import { backupSchema, healthSchema } from "./schema-operations";
import {
  argv,
  asQuantity,
  duration,
  durationFrom,
  environment,
  flag,
  hasExpression,
  longText,
  port,
  scalar,
  templatePath,
  text,
  textList,
  textMap,
} from "./schema-values";
import { splitWords } from "./shell-words";

/** Every implementation may override the component's own backup and health. */
const overrides = { backup: backupSchema.optional(), health: healthSchema.optional() };

const stop = {
  stop_signal: z
    .string()
    .regex(/^SIG[A-Z0-9]+$/, "expected a signal such as SIGTERM")
    .optional(),
  /** Bounded: a change and a removal wait for it. */
  stop_grace_period: durationFrom("0s", "5m").optional(),
};

const command = z
  .union([longText, z.array(longText)], { error: "expected a command line or a list of arguments" })
  .transform((value) => (Array.isArray(value) ? value : splitWords(value)));

const portMapping = z
  .union([z.number(), asQuantity(z.string())], { error: 'expected a port such as "8080" or "8080:80"' })
  .transform(String)
  .refine((value) => hasExpression(value) || isPortMapping(value), {
    error: 'expected a port such as "8080", or published:container such as "8080:80", from 1 to 65535',
  });

function isHealthTest([kind = "", ...rest]: string[]): boolean {
  if (kind === "CMD") return rest.length > 0;
  if (kind === "CMD-SHELL") return rest.length === 1;
  return kind === "NONE" ? rest.length === 0 : hasExpression(kind);
}

function isPortMapping(value: string): boolean {
  const match = /^(?:(\d{1,5}):)?(\d{1,5})(?:\/(?:tcp|udp))?$/.exec(value);
  return (
    match !== null && [match[1] ?? "1", match[2]].every((part) => Number(part) >= 1 && Number(part) <= 65_535)
  );
}

const volume = z
  .string({ error: "expected name:/path" })
  .refine((value) => hasExpression(value) || /^[a-z0-9][a-z0-9_-]*:\/[^:]*(:ro|:rw)?$/.test(value), {
    error: 'expected a named volume such as "data:/var/lib/data" or "data:/etc/app:ro" (no host directories)',
  });

const absolutePath = z.string().startsWith("/", "expected a path that starts with /").max(512);

/** The Compose specification's service keys that Rostrum supports, and `files`. */
export const containerSchema = z.strictObject({
  image: z.string().min(1, "must not be empty").max(512),
  command: command.optional(),
  entrypoint: command.optional(),
  environment: environment.default({}),
  ports: z.array(portMapping).max(64).default([]),
  expose: z
    .array(
      z.union([
        port,
        asQuantity(z.string().regex(/^\d{1,5}$/))
          .transform(Number)
          .refine((value) => value >= 1 && value <= 65_535, "expected a port from 1 to 65535"),
      ]),
    )
    .max(64)
    .default([]),
  volumes: z.array(volume).max(64).default([]),
  healthcheck: z
    .strictObject({
      test: z
        .union([longText, z.array(longText).min(1)], {
          error: "expected a command line or a list that starts with CMD",
        })
        .transform((value) => (Array.isArray(value) ? value : ["CMD-SHELL", value]))
        .refine(isHealthTest, {
          error: 'expected ["CMD", program, …], ["CMD-SHELL", command line] or ["NONE"]',
        }),
      interval: durationFrom("1s", "1h").optional(),
      timeout: durationFrom("1s", "1h").optional(),
      retries: z.int().min(1).max(1_000).optional(),
      start_period: durationFrom("0s", "1h").optional(),
    })
    .optional(),
  user: z.union([z.string(), z.int()]).transform(String).optional(),
  working_dir: absolutePath.optional(),
  read_only: flag.optional(),
  tmpfs: textList.optional(),
  cap_drop: z.array(z.string()).max(64).optional(),
  cap_add: z.array(z.string()).max(64).optional(),
  init: flag.optional(),
  ...stop,
  labels: textMap.default({}),
  /** Container path → file or folder of the template version, copied in before the start. */
  files: z.record(absolutePath, templatePath).default({}),
  /** Container path → id of an uploaded archive, unpacked there before the start; null or "" brings nothing. */
  uploads: z.record(absolutePath, z.string().max(512).nullable()).default({}),
  ...overrides,
});

const gitAddress = z
  .string()
  .min(1)
  .refine((text) => !hasUserinfo(text), noUserinfo);

const archive = z
  .union(
    [
      gitAddress,
      z.strictObject({ git: gitAddress, ref: z.string().min(1).optional() }),
      z.strictObject({ upload: z.string().min(1) }),
    ],
    { error: "expected {git: URL, ref: branch}, {upload: id} or an expression" },
  )
  .transform((value) => (typeof value === "string" && !hasExpression(value) ? archiveOf(value) : value));

/** A Git address (with #ref for a branch, tag or commit) or else the id of an upload. */
function archiveOf(value: string): { git: string; ref?: string } | { upload: string } {
  if (!/^(https?|ssh|git|file):\/\/|^git@/.test(value)) return { upload: value };
  const at = value.lastIndexOf("#");
  return at < 0 ? { git: value } : { git: value.slice(0, at), ref: value.slice(at + 1) };
}

const processVolume = z
  .string({ error: "expected name:/path" })
  .refine(
    (value) =>
      hasExpression(value) || (/^[a-z0-9][a-z0-9_-]*:\/?[^:]+$/.test(value) && !value.includes("..")),
    {
      error: 'expected a named volume and its path in the component’s directory, such as "data:/data"',
    },
  );

/** A supervised operating-system process. */
export const processSchema = z.strictObject({
  /** A runtime (node, postgres, redis, valkey, static) or the name of a program on the host. */
  program: z.string().min(1, "must not be empty").max(512),
  args: z.array(longText).max(256).default([]),
  files: z
    .union([templatePath, z.strictObject({ dir: templatePath })], {
      error: "expected a directory of the template, such as app",
    })
    .transform((value) => (typeof value === "string" ? { dir: value } : value))
    .optional(),
  archive: archive.optional(),
  environment: environment.default({}),
  ports: z.array(port).max(64).default([]),
  prepare: z.array(argv).max(32).default([]),
  volumes: z.array(processVolume).max(64).default([]),
  ...stop,
  options: z.record(z.string(), scalar).default({}),
  ...overrides,
});

/** An automation run on a worker; the last line it prints may be a JSON object with its outputs. */
export const scriptSchema = z.strictObject({
  files: templatePath.optional(),
  run: argv,
  remove: argv.optional(),
  environment: environment.default({}),
  timeout: duration.default("10m"),
  ...overrides,
});

const call = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
  url: z.string().min(1, "must not be empty").max(4_000),
  headers: z.record(z.string(), longText).default({}),
  body: z.unknown().optional(),
  expect: z.strictObject({ status: z.array(z.int().min(100).max(599)).min(1) }).optional(),
  timeout: duration.default("30s"),
});

/** Calls to an outside service; `outputs` are JSON pointers into the answer of `create`. */
export const httpSchema = z.strictObject({
  create: call,
  remove: call.optional(),
  outputs: z
    .record(z.string(), z.string().startsWith("/", "expected a JSON pointer such as /id"))
    .default({}),
  ...overrides,
});

const anyMap = z.record(z.string(), z.unknown());

/** A Terraform or OpenTofu module of the template version. */
export const terraformSchema = z.strictObject({
  module: templatePath,
  variables: anyMap.default({}),
  ...overrides,
});

/** Kubernetes objects: files or folders of the template version, or the objects themselves. */
export const kubernetesSchema = z.strictObject({
  manifests: z
    .array(z.union([templatePath, anyMap], { error: "expected a path or a Kubernetes object" }))
    .min(1),
  namespace: text.optional(),
  ...overrides,
});

/** An OpenStack Heat stack: a file of the template version, or the template itself. */
export const heatSchema = z.strictObject({
  template: z.union([templatePath, anyMap], { error: "expected a path or a Heat template" }),
  parameters: anyMap.default({}),
  timeout: duration.default("60m"),
  ...overrides,
});

/** An Ansible playbook of the template version. */
export const ansibleSchema = z.strictObject({
  playbook: templatePath,
  remove: templatePath.optional(),
  inventory: z.union([templatePath, anyMap], { error: "expected a path or an inventory" }).optional(),
  variables: anyMap.default({}),
  tags: z.array(z.string()).optional(),
  timeout: duration.default("30m"),
  ...overrides,
});

/** Kind → schema. The keys are the closed list of implementation kinds. */
export const implementationSchemas = {
  container: containerSchema,
  process: processSchema,
  terraform: terraformSchema,
  kubernetes: kubernetesSchema,
  heat: heatSchema,
  script: scriptSchema,
  ansible: ansibleSchema,
  http: httpSchema,
} as const;
