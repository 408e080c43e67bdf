import { z } from "zod";
import { identifier, text } from "./schema-values";

/** How a field may be shown; everything else follows from its type. */
export const widgets = [
  "text",
  "textarea",
  "select",
  "radio",
  "slider",
  "switch",
  "secret",
  "git",
  "upload",
] as const;
export const parameterFormats = [
  "secret",
  "uri",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "date",
  "date-time",
  "time",
  "uuid",
  "regex",
] as const;

const conditionValue = z.union([z.string().max(1_000), z.number(), z.boolean()]);

/** Per parameter the value or the values with which this one is asked for. */
const visibleIf = z
  .record(identifier, z.union([conditionValue, z.array(conditionValue).min(1, "must not be empty").max(100)]))
  .refine((conditions) => Object.keys(conditions).length > 0, "must name a parameter");

const hints = {
  "ui:widget": z.enum(widgets).optional(),
  "ui:unit": z.string().max(32).optional(),
  "ui:order": z.number().optional(),
  "ui:help": z.string().max(2_000).optional(),
  "ui:placeholder": z.string().max(200).optional(),
  "ui:advanced": z.boolean().optional(),
  "ui:visibleIf": visibleIf.optional(),
};

const count = z.int().min(0).optional();

const ownKeys = {
  type: z.enum(["string", "integer", "number", "boolean", "array", "object"]),
  title: text.optional(),
  description: z.string().max(4_000).optional(),
  default: z.json().optional(),
  examples: z.array(z.json()).optional(),
  enum: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1, "must not be empty")
    .max(1_000)
    .optional(),
  enumNames: z.array(z.string()).optional(),
  const: z.json().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
  minLength: count,
  maxLength: count,
  pattern: z.string().max(1_000).optional(),
  format: z.enum(parameterFormats).optional(),
  minItems: count,
  maxItems: count,
  uniqueItems: z.boolean().optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.boolean().optional(),
  ...hints,
};

export type Parameter = z.output<z.ZodObject<typeof ownKeys>> & {
  items?: Parameter | undefined;
  properties?: Record<string, Parameter> | undefined;
};

/** One parameter: the part of JSON Schema that a form can ask for. */
export const parameterSchema: z.ZodType<Parameter> = z.strictObject({
  ...ownKeys,
  items: z.lazy(() => parameterSchema).optional(),
  properties: z
    .record(
      identifier,
      z.lazy(() => parameterSchema),
    )
    .optional(),
});

/** One page of the request form. */
export const parameterPageSchema = z.strictObject({
  type: z.literal("object").optional(),
  title: text.optional(),
  description: z.string().max(4_000).optional(),
  required: z.array(z.string()).default([]),
  properties: z.record(identifier, parameterSchema).default({}),
});
