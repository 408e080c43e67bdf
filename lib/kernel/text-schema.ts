import { z } from "zod";
import { lengthOf } from "./values/rules";

/** A text of at most so many characters, counted as JSON Schema and people count them: an emoji is one. Trimmed. */
export function textUpTo(limit: number) {
  return z
    .string()
    .trim()
    .refine((text) => lengthOf(text) <= limit, `Use at most ${limit.toLocaleString("en")} characters`)
    .meta({ maxLength: limit });
}
