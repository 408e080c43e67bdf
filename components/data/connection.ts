/**
 * Whether Rostrum answers, as the calls of this page find out. One call without an answer says little (the page may be
 * on its way out); the second in a row says that the portal can't be reached.
 */

const failuresUntilLost = 2;

let failures = 0;
const listeners = new Set<() => void>();

/** A call was answered, or found no one who answers. */
export function reportCall(answered: boolean): void {
  const before = failures;
  failures = answered ? 0 : Math.min(failures + 1, failuresUntilLost);
  if (failures !== before) for (const listener of listeners) listener();
}

/** sure: answers. doubtful: the last call had no answer. lost: several in a row. */
export type Reach = "sure" | "doubtful" | "lost";

export function reachNow(): Reach {
  if (failures === 0) return "sure";
  return failures < failuresUntilLost ? "doubtful" : "lost";
}

/** @returns how to stop hearing of changes */
export function onReachChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A gateway's own answers: it is there, the portal behind it isn't. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 504]);

export function isAnswer(status: number): boolean {
  return !gatewayStatuses.has(status);
}
