import type { Manifest } from "../template/types";
import { compileParameters } from "./resolve";

/**
 * What an environment brings along to another version of its template, or to a change of its own: every value the version
 * still knows. Null means "cleared" only where its default was taken away; where there was none, a new default holds. What
 * the version requires is not brought along as cleared.
 */
export function carriedParameters(
  from: Manifest,
  to: Manifest,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const before = compileParameters(from);
  const after = compileParameters(to);
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      if (!after.find(name)) return false;
      if (value !== null) return true;
      return before.find(name)?.default !== undefined && !after.isRequired(name);
    }),
  );
}
