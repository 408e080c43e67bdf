import type { DesiredComponent } from "./contract";

/**
 * A parser of desired components that reads each object once, however many calls of one change ask for it: drivers are given a
 * desired component whole and never write to it. Nothing is kept longer than the object itself.
 */
export function parsedOnce<Result>(
  parse: (desired: DesiredComponent) => Result,
): (desired: DesiredComponent) => Result {
  const known = new WeakMap<DesiredComponent, { result: Result }>();
  return (desired) => {
    const kept = known.get(desired);
    if (kept) return kept.result;
    const result = parse(desired);
    known.set(desired, { result });
    return result;
  };
}
