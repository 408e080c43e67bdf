import type { DesiredComponent } from "@/lib/clouds/contract";
import { plainText } from "@/lib/kernel/placeholders";
import type { Writing } from "../expressions";

/** Where the cloud fills in placeholders: texts that become words and variables of a process. */
const placeholderTexts = /^\/(spec\/(args|environment|prepare)|health\/exec)\//;

/** How values are put into the texts of an implementation: only what its template writes may be a placeholder. */
export function writingOf(kind: DesiredComponent["kind"]): ((pointer: string) => Writing) | undefined {
  if (kind !== "process") return undefined;
  return (pointer) => ({ placeholders: placeholderTexts.test(pointer) });
}

/** A value of an implementation with its texts as people know them: without the marks that `writingOf` sets. */
export function asShown<T>(kind: DesiredComponent["kind"], value: T): T {
  return writingOf(kind) ? unmarked(value) : value;
}

function unmarked<T>(value: T): T {
  if (typeof value === "string") return plainText(value) as T;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(unmarked) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unmarked(item)])) as T;
}
