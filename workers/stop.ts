/** Ends a part of the workers: takes nothing more and waits, within seconds, for what is in hand. */
export type Stop = () => Promise<void>;

/** Ends several parts at once. */
export function stopAll(stops: readonly Stop[]): Stop {
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
