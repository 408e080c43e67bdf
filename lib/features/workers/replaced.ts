import { type ReplacedProcess, replacedSchema } from "./schema";

/** What the launcher says of the process this one follows; undefined after an ordinary start. */
export function readReplaced(text: string | undefined): ReplacedProcess | undefined {
  if (!text) return undefined;
  try {
    return replacedSchema.parse(JSON.parse(text));
  } catch {
    // Set by someone else than the launcher: nothing to show.
    return undefined;
  }
}
