import type { Observation } from "@/lib/clouds/contract";
import type { Endpoint, Published } from "@/lib/engine/plan";

type Seen = Pick<Extract<Observation, { present: true }>, "internal" | "external">;

/**
 * Whether what was published of a component still holds. What is stopped answers at no port; what was published of it
 * stands until it answers again.
 */
export function isSilent(before: Published, seen: Seen): boolean {
  return Object.keys(seen.external.ports).length === 0 && Object.keys(before.external.ports).length > 0;
}

/** Whether a component answers where it was published to answer. */
export function answersAsBefore(before: Published, seen: Seen): boolean {
  return isSame(before.internal, seen.internal) && isSame(before.external, seen.external);
}

function isSame(before: Pick<Endpoint, "host" | "ports">, now: Pick<Endpoint, "host" | "ports">): boolean {
  const names = Object.keys(now.ports);
  return (
    before.host === now.host &&
    names.length === Object.keys(before.ports).length &&
    names.every((name) => before.ports[name] === now.ports[name])
  );
}
