import { moduleLog } from "@/lib/platform/log";

/** Ends a family: takes nothing more and waits, within seconds, for what is in hand. */
export type Stop = () => Promise<void>;

/**
 * Does something again and again with a pause in between, never twice at once. What is due stands in PostgreSQL, so
 * a lost turn loses nothing and several processes may loop side by side. An error is logged and the loop goes on.
 */
export function loop(name: string, everyMs: number, work: (signal: AbortSignal) => Promise<unknown>): Stop {
  const controller = new AbortController();
  const log = moduleLog("workers");
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  const turn = async () => {
    const startedMs = Date.now();
    try {
      await work(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) log.warn({ err: error, loop: name }, `${name} failed; retrying`);
    }
    if (controller.signal.aborted) return;
    schedule(Math.max(everyMs / 4, everyMs - (Date.now() - startedMs)));
  };
  const schedule = (delayMs: number) => {
    timer = setTimeout(() => {
      current = turn();
    }, delayMs);
  };
  // Processes that start together must not stay in step.
  schedule(Math.random() * Math.min(everyMs, 1_000));
  return async () => {
    controller.abort();
    clearTimeout(timer);
    await Promise.race([current, new Promise((resolve) => setTimeout(resolve, 5_000))]);
  };
}

/** Ends several loops at once. */
export function stopAll(stops: readonly Stop[]): Stop {
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
