import type { VisibleIf } from "@/lib/kernel/values";
import type { Parameter } from "../template/types";

/** The condition of a parameter, each with its list of values; undefined where it is always asked for. */
export function visibleIfOf(parameter: Parameter): VisibleIf | undefined {
  const written = parameter["ui:visibleIf"];
  if (!written) return undefined;
  return Object.fromEntries(
    Object.entries(written).map(([name, values]) => [name, Array.isArray(values) ? values : [values]]),
  );
}
