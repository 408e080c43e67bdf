import type { CloudConnection } from "@/lib/clouds/contract";
import { Gate, type Pass } from "@/lib/kernel/gate";

/** How long a change that was told to end may still hold up the next one. */
const graceMs = 20_000;
const gates = new WeakMap<CloudConnection, Gate>();

/**
 * Does a change on a cloud when it is its turn: a hundred environments that begin together must not start a hundred
 * databases at once on one host. Per process; looking at a cloud needs no turn.
 * @throws the signal's reason when it aborts before that, else whatever the work throws
 */
export async function inTurn<T>(
  connection: CloudConnection,
  { signal, waiting }: Pick<Pass, "signal" | "waiting">,
  work: () => Promise<T>,
): Promise<T> {
  if (connection.maxChanges === undefined) return await work();
  const gate = gates.get(connection) ?? new Gate(connection.maxChanges);
  gates.set(connection, gate);
  return await gate.pass({ signal, graceMs, ...(waiting ? { waiting } : {}) }, work);
}
