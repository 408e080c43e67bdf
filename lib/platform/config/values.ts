import { z } from "zod";

/** A variable's text; one that is empty counts as absent. */
export const optionalText = z
  .string()
  .trim()
  .optional()
  .transform((text) => (text === "" ? undefined : text));

/** A variable that is a whole number within bounds. */
export function wholeNumber(min: number, max: number, fallback: number) {
  const say = `must be a whole number from ${min} to ${max}`;
  return optionalText
    .refine(
      (text) => text === undefined || (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max),
      say,
    )
    .transform((text) => (text === undefined ? fallback : Number(text)));
}
