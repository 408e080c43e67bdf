import type { KnownProcess } from "./children.mjs";

export function oneAtATime<T>(
  file: string,
  work: () => Promise<T>,
  onWait?: (holder: KnownProcess) => void,
): Promise<T>;
