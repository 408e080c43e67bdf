import { z } from "zod";
import { durationHelp, isDuration, parseDurationMs } from "@/lib/kernel/durations";
import { bytesHelp, cpuHelp, isBytes, isCpu } from "@/lib/kernel/quantities";
import { isReservedName, reservedNameHelp } from "@/lib/kernel/reserved-names";
import { lengthOf } from "@/lib/kernel/values";

/** Whether a text holds an expression, so that it can only be judged after evaluation. */
export const hasExpression = (text: string): boolean => text.includes("${{");

const expressionPattern = "\\$\\{\\{";

const isFree = (name: string) => !isReservedName(name);

/** A name that becomes part of host names, folders and container names. */
export const dnsLabel = z
  .string()
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "use lowercase letters, digits and hyphens, starting with a letter")
  .max(40, "use at most 40 characters")
  .refine(isFree, reservedNameHelp);

/** A name that can be written after a dot in an expression. */
export const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "use letters, digits and underscores, not starting with a digit")
  .max(64, "use at most 64 characters")
  .refine(isFree, reservedNameHelp);

/** The name of an environment variable. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "use letters, digits and underscores in variable names")
  .max(256)
  .refine(isFree, reservedNameHelp);

export const text = z
  .string()
  .min(1, "must not be empty")
  .refine((value) => lengthOf(value) <= 2_000, "use at most 2,000 characters")
  .meta({ maxLength: 2_000 });
export const longText = z.string().max(64 * 1024, "use at most 64 KiB");
export const scalar = z.union([longText, z.number(), z.boolean()], {
  error: "expected a string, a number, true or false",
});
export type Scalar = z.output<typeof scalar>;

const expressionOnly = z.string().regex(new RegExp(expressionPattern));
const quantities = new WeakSet<z.core.$ZodType>();

/** Says of a text that it means a number ("512Mi", "8080"), so that a bare number in its place is read as one. */
export function asQuantity<S extends z.ZodType>(schema: S): S {
  quantities.add(schema);
  return schema;
}

export function isQuantityOrExpression(schema: z.core.$ZodType): boolean {
  return schema === expressionOnly || quantities.has(schema);
}

/** A number, or a text with an expression that becomes one. */
export const wholeNumber = (min: number, max: number) =>
  z.union([z.int().min(min).max(max), expressionOnly], {
    error: `expected a whole number from ${min} to ${max}, or an expression`,
  });

export const flag = z.union([z.boolean(), expressionOnly], {
  error: "expected true, false or an expression",
});

export const duration = z
  .string({ error: `expected ${durationHelp}` })
  .refine((value) => hasExpression(value) || isDuration(value), { error: `expected ${durationHelp}` });

/** A duration between two others, such as "1s" and "1h". What holds an expression is judged when it is resolved. */
export const durationFrom = (min: string, max: string) =>
  duration.refine((value) => hasExpression(value) || isWithin(value, min, max), {
    error: `use a duration from ${min} to ${max}`,
  });

function isWithin(value: string, min: string, max: string): boolean {
  if (!isDuration(value)) return true;
  const ms = parseDurationMs(value);
  return ms >= parseDurationMs(min) && ms <= parseDurationMs(max);
}

export const cpu = z
  .union([z.number(), asQuantity(z.string())], { error: `expected ${cpuHelp}` })
  .refine((value) => isLater(value) || isCpu(value), { error: `expected ${cpuHelp}` });

export const bytes = z
  .union([z.number(), asQuantity(z.string())], { error: `expected ${bytesHelp}` })
  .refine((value) => isLater(value) || isBytes(value), { error: `expected ${bytesHelp}` });

function isLater(value: number | string): boolean {
  return typeof value === "string" && hasExpression(value);
}

/** A port, or an expression that becomes one. */
export const port = wholeNumber(1, 65_535);

/** A program and its arguments; never a shell line, so nothing in a value can become a command. */
export const argv = z
  .array(longText, { error: 'expected a list of arguments such as ["psql", "-c", "select 1"]' })
  .min(1, "must not be empty")
  .max(256);

/** A path inside the template version: relative, and never out of it. */
export const templatePath = z
  .string()
  .min(1, "must not be empty")
  .max(512)
  .refine((path) => hasExpression(path) || isInsidePath(path), {
    error: "expected a path inside the template, such as app or app/config.yaml",
  });

function isInsidePath(path: string): boolean {
  return (
    !path.startsWith("/") && !path.includes("\\") && !path.includes("\0") && !path.split("/").includes("..")
  );
}

/** Variables as a map, or as a list of NAME=value as Compose allows; always a map afterwards. */
export const environment = z
  .union([z.record(variableName, scalar.nullable()), z.array(z.string())], {
    error: "expected a map of variables, or a list of NAME=value",
  })
  .transform((value, context): Record<string, Scalar> => {
    if (!Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, item ?? ""]));
    }
    const entries = value.map((line, index): [string, string] => {
      const at = line.indexOf("=");
      if (at < 1) context.addIssue({ code: "custom", path: [index], message: "expected NAME=value" });
      return [line.slice(0, at), line.slice(at + 1)];
    });
    return Object.fromEntries(entries);
  });

/** A map of texts, or a list of key=value as Compose allows; always a map afterwards. */
export const textMap = z
  .union([z.record(z.string(), scalar), z.array(z.string())], { error: "expected a map of strings" })
  .transform((value, context): Record<string, string> => {
    const pairs = Array.isArray(value)
      ? value.map((line): [string, string] => {
          const at = line.indexOf("=");
          return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
        })
      : Object.entries(value).map(([key, item]): [string, string] => [key, String(item)]);
    for (const [key] of pairs)
      if (isReservedName(key))
        context.addIssue({ code: "custom", path: [], message: `"${key}" ${reservedNameHelp}` });
    return Object.fromEntries(pairs);
  });

/** A text or a list of texts; always a list afterwards. */
export const textList = z
  .union([longText, z.array(longText)], { error: "expected a string or a list of strings" })
  .transform((value) => (Array.isArray(value) ? value : [value]));
