import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

/**
 * Reads what JSON columns hold by its schema, which is how the code knows it: an older version, a restore or a hand may have
 * written something else.
 * @param what begins the sentence: "The stored plan"
 * @throws AppError conflict that names what is damaged, and where
 */
export function readDocuments<Schema extends z.ZodType>(
  schema: Schema,
  stored: unknown,
  what: string,
): z.output<Schema> {
  const { data, error } = schema.safeParse(stored);
  if (!error) return data;
  const [issue] = error.issues;
  const where = issue?.path.join(".");
  throw new AppError("conflict", `${what} can’t be read: ${where ? `${where}: ` : ""}${issue?.message}`, {
    cause: error,
  });
}

/**
 * Reads a JSON column of a row that must stay usable: a damaged value is reported to `onDamage`, and `instead` takes its
 * place.
 */
export function readOr<Schema extends z.ZodType>(
  schema: Schema,
  stored: unknown,
  instead: z.output<Schema>,
  onDamage: () => void,
): z.output<Schema> {
  const { data, success } = schema.safeParse(stored);
  if (success) return data;
  onDamage();
  return instead;
}
