/** Shared by all copies of this module: Next bundles it into the start and into every route that streams. */
interface Shutdown {
  begun: boolean;
  ends: Set<() => void>;
}

const holder = globalThis as typeof globalThis & { rostrumShutdown?: Shutdown };

function shutdown(): Shutdown {
  holder.rostrumShutdown ??= { begun: false, ends: new Set() };
  return holder.rostrumShutdown;
}

/**
 * Calls `end` when the portal is told to end, at once if it was already. An answer that lasts as long as someone listens has to
 * end then: the server waits for every answer under way, and its supervisor kills it when that takes too long.
 * Answers a function that takes `end` back.
 */
export function onShutdown(end: () => void): () => void {
  const { begun, ends } = shutdown();
  if (begun) {
    end();
    return () => {};
  }
  ends.add(end);
  return () => void ends.delete(end);
}

/** Ends what streams. Called once, by the first signal that ends the portal. */
export function beginShutdown(): void {
  const known = shutdown();
  known.begun = true;
  for (const end of known.ends) end();
  known.ends.clear();
}

/** For tests: the process continues after all. */
export function resetShutdown(): void {
  delete holder.rostrumShutdown;
}
