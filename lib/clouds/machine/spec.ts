import { z } from "zod";
import { isDuration, parseDurationMs } from "@/lib/kernel/durations";
import { unknownPlaceholders } from "@/lib/kernel/placeholders";
import { type DesiredComponent, DriverError } from "../contract";
import { parsedOnce } from "../parsed-once";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const port = z.coerce.number().int().min(1).max(65_535);

/** The manifest's `process` block after its expressions were evaluated; other keys of it mean nothing here. */
const processSpecSchema = z.object({
  program: z.string().min(1),
  args: z.array(scalar.transform(String)).default([]),
  files: z.union([z.string().transform((dir) => ({ dir })), z.object({ dir: z.string().min(1) })]).optional(),
  archive: z
    .union([
      z.object({
        git: z.string().min(1, { error: "enter a Git address" }),
        ref: z.string().min(1).optional(),
      }),
      z.object({ upload: z.string().min(1, { error: "choose an archive to upload" }) }),
    ])
    .nullish(),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/), scalar.transform(String)).default({}),
  ports: z.array(port).max(64).default([]),
  prepare: z.array(z.array(scalar.transform(String)).min(1)).default([]),
  volumes: z.array(z.string().transform(parseVolume)).default([]),
  stop_signal: z
    .string()
    .regex(/^SIG[A-Z0-9]+$/)
    .optional(),
  stop_grace_period: z.string().optional(),
  options: z.record(z.string(), scalar).default({}),
});

/** A named directory that outlives releases, and where it appears in the component's own directory. */
export interface Volume {
  name: string;
  path: string;
}

function parseVolume(text: string, context: z.RefinementCtx): Volume {
  const match = /^([a-z0-9][a-z0-9_-]*):\/?([^:]+?)(?::rw)?$/.exec(text);
  const path = match?.[2]?.replace(/\/+$/, "") ?? "";
  if (!match?.[1] || path === "" || path.split("/").some((part) => part === ".." || part === ".")) {
    context.addIssue({ code: "custom", message: `expected name:/path, not "${text}"` });
    return z.NEVER;
  }
  return { name: match[1], path };
}

export type ProcessSpec = z.output<typeof processSpecSchema>;

/** The readable problems of a spec, or the spec. */
export const readSpec = parsedOnce(
  (desired): z.ZodSafeParseResult<ProcessSpec> => processSpecSchema.safeParse(desired.spec),
);

/** @throws DriverError (permanent) when the block is not one this cloud understands. */
export function parseSpec(desired: DesiredComponent): ProcessSpec {
  const parsed = readSpec(desired);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DriverError("permanent", `process.${issue?.path.join(".")}: ${issue?.message ?? "not valid"}`);
}

const usualStopGraceMs = 10_000;
/** A stop holds the component's lock: a longer time would only keep others from it. */
const longestStopGraceMs = 5 * 60_000;

/** How long a component may take to end by itself, in milliseconds: as its template says, at most 5 minutes. */
export function stopGraceMs({ stop_grace_period: asked }: Pick<ProcessSpec, "stop_grace_period">): number {
  // What an earlier version took unread must not keep a component from being ended.
  if (asked === undefined || !isDuration(asked)) return usualStopGraceMs;
  return Math.min(parseDurationMs(asked), longestStopGraceMs);
}

/** Placeholders of the template that name a port or a volume the component does not have. */
export function foreignPlaceholders(spec: ProcessSpec): string[] {
  const texts = [...spec.args, ...Object.values(spec.environment), ...spec.prepare.flat()];
  const known = { ports: spec.ports, volumes: new Set(spec.volumes.map((volume) => volume.name)) };
  return texts.flatMap((text) => unknownPlaceholders(text, known));
}
