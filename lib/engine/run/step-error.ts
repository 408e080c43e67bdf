import { z } from "zod";

/** Why a step or a run stopped, as JSON columns hold it. */
export const stepErrorSchema = z.object({
  kind: z.enum(["retryable", "permanent", "unknown", "timeout", "cancelled"]),
  message: z.string(),
  hint: z.string().optional(),
  /** Set while the step's cloud cannot be reached. */
  unreachable: z
    .object({
      /** RFC 3339. */
      since: z.string(),
      /** What happened to it is not known yet: it is looked at before it is tried again. */
      lookFirst: z.boolean(),
    })
    .optional(),
  /** Attempts that ended because the cloud could not be reached; they do not count. */
  spared: z.number().optional(),
});
export type StepError = z.output<typeof stepErrorSchema>;

/** Takes the place of a damaged one: a run must be carried on and shown all the same. */
export const unreadableError = { kind: "unknown", message: "The stored error can’t be read." } as const;

const storedSchema = stepErrorSchema.nullable().catch(unreadableError);

/** Reads what a row holds. */
export const readStepError = (stored: unknown): StepError | null => storedSchema.parse(stored);
