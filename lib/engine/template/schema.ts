import semver from "semver";
import { z } from "zod";
import { contactSchema } from "./schema-contact";
import { implementationSchemas } from "./schema-implementations";
import {
  acceptanceSchema,
  backupSchema,
  healthSchema,
  recoverySchema,
  scalingSchema,
  sizeSchema,
} from "./schema-operations";
import { parameterPageSchema } from "./schema-parameters";
import { argv, dnsLabel, duration, identifier, scalar, text, textMap, wholeNumber } from "./schema-values";

/** The only API version there is. */
export const apiVersion = "rostrum.dev/v1";

const description = z.string().max(8_000, "use at most 8,000 characters");

const outputKeys = { value: scalar, sensitive: z.boolean().default(false) };

/** An output of a component, for its neighbors and the template's own outputs. */
const componentOutput = z
  .union([scalar, z.strictObject(outputKeys)], { error: "expected a value, or {value, sensitive}" })
  .transform((value) => (typeof value === "object" ? value : { value, sensitive: false }));

/** An output of the template, which people read. */
const templateOutput = z
  .union(
    [scalar, z.strictObject({ ...outputKeys, title: text.optional(), description: description.optional() })],
    { error: "expected a value, or {value, title, description, sensitive}" },
  )
  .transform((value): z.output<z.ZodObject<typeof outputKeys>> & { title?: string; description?: string } =>
    typeof value === "object" ? value : { value, sensitive: false },
  );

/** Enough for 128 bits of 256 different characters; `checkRules` judges length and alphabet together. */
const secretLength = z.int().min(16, "use at least 16 characters").max(256);

/** Where a secret's value comes from: generated once per environment, or a parameter of format secret. */
const secret = z
  .strictObject({
    generate: z
      .union(
        [
          secretLength,
          z.strictObject({
            length: secretLength.default(24),
            alphabet: z.string().min(2, "use at least 2 characters").max(256).default("alphanumeric"),
          }),
        ],
        { error: "expected a length from 16 to 256, or {length, alphabet}" },
      )
      .optional(),
    parameter: identifier.optional(),
  })
  .transform((value, context): { generate: { length: number; alphabet: string } } | { parameter: string } => {
    const { generate, parameter } = value;
    if (parameter !== undefined && generate === undefined) return { parameter };
    if (generate === undefined || parameter !== undefined) {
      context.addIssue({ code: "custom", message: "set exactly one of generate or parameter" });
      return z.NEVER;
    }
    return {
      generate: typeof generate === "number" ? { length: generate, alphabet: "alphanumeric" } : generate,
    };
  });

const { container, process, terraform, kubernetes, heat, script, ansible, http } = implementationSchemas;

/** One node of a template. */
export const componentSchema = z
  .strictObject({
    title: text.optional(),
    description: description.optional(),
    icon: text.optional(),
    size: sizeSchema.prefault({}),
    replicas: wholeNumber(0, 1_000).default(1),
    requires: z.array(dnsLabel).default([]),
    when: z
      .union([z.boolean(), z.string().min(1)], { error: "expected true, false or an expression" })
      .optional(),
    labels: textMap.default({}),
    secrets: z.record(identifier, secret).default({}),
    outputs: z.record(identifier, componentOutput).default({}),
    backup: backupSchema.optional(),
    health: healthSchema.optional(),
    scaling: scalingSchema.optional(),
    recovery: recoverySchema.prefault({}),
    container: container.optional(),
    process: process.optional(),
    terraform: terraform.optional(),
    kubernetes: kubernetes.optional(),
    heat: heat.optional(),
    script: script.optional(),
    ansible: ansible.optional(),
    http: http.optional(),
  })
  .superRefine((component, context) => {
    const kinds = Object.keys(implementationSchemas) as (keyof typeof implementationSchemas)[];
    if (kinds.some((kind) => component[kind] !== undefined)) return;
    context.addIssue({
      code: "custom",
      path: [],
      message: `has no implementation; add at least one of ${kinds.join(", ")}`,
      params: { allowed: kinds },
    });
  });

const leaseSchema = z.strictObject({
  default: duration.default("14d"),
  max: duration.default("90d"),
  grace: duration.default("3d"),
});

/** A whole `template.yaml`. */
export const manifestSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("Template"),
  metadata: z.strictObject({
    name: dnsLabel,
    title: text,
    description: description.default(""),
    icon: z
      .string()
      .regex(
        /^[a-z0-9-]+$/,
        "expected the name of a lucide icon, such as database, or of a product, such as postgresql",
      )
      .default("box"),
    category: text.default("Other"),
    tags: z.array(text).max(32).default([]),
    owner: text.default("platform"),
    contact: contactSchema.optional(),
  }),
  spec: z.strictObject({
    version: z.string().refine((value) => semver.valid(value) === value, "expected a version such as 1.2.0"),
    parameters: z
      .union([parameterPageSchema, z.array(parameterPageSchema)], {
        error: "expected a JSON Schema object or a list of pages",
      })
      .transform((value) => (Array.isArray(value) ? value : [value]))
      .default([]),
    presets: z
      .array(
        z.strictObject({
          name: text,
          title: text.optional(),
          description: description.optional(),
          parameters: z.record(z.string(), z.json()).default({}),
          leaseDays: z.int().min(1).max(3_650).optional(),
        }),
      )
      .default([]),
    components: z
      .record(dnsLabel, componentSchema)
      .refine((components) => Object.keys(components).length > 0, { error: "add at least one component" }),
    outputs: z.record(identifier, templateOutput).default({}),
    lifecycle: z.strictObject({ lease: leaseSchema.prefault({}) }).prefault({}),
    acceptance: z.array(acceptanceSchema).max(64).default([]),
    actions: z
      .array(
        z.strictObject({
          name: dnsLabel,
          title: text,
          description: description.optional(),
          component: dnsLabel,
          run: argv,
        }),
      )
      .max(64)
      .default([]),
  }),
});
