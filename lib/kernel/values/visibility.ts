/** A value that a condition compares with. */
type ConditionValue = string | number | boolean;

/** When a parameter is asked for: each of the named ones has one of its values. */
export type VisibleIf = Readonly<Record<string, readonly ConditionValue[]>>;

/**
 * The names that are asked for, the only judge of it: the browser's form, the API and the plan ask here. One that depends
 * on a parameter that is hidden is hidden too, whatever values there are.
 * @param conditions of every name; undefined where it is always asked for. They form no cycle.
 * @param currentOf what a name has now: what was given, else its default
 */
export function visibleNames(
  conditions: ReadonlyMap<string, VisibleIf | undefined>,
  currentOf: (name: string) => unknown,
): ReadonlySet<string> {
  const known = new Map<string, boolean>();
  const isVisible = (name: string): boolean => {
    const decided = known.get(name);
    if (decided !== undefined) return decided;
    // Stands until it's decided: a cycle, which no stored template has, ends here.
    known.set(name, false);
    const holds = Object.entries(conditions.get(name) ?? {}).every(
      ([other, values]) => isVisible(other) && values.some((value) => value === currentOf(other)),
    );
    known.set(name, holds);
    return holds;
  };
  return new Set([...conditions.keys()].filter(isVisible));
}
