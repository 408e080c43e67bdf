const everyMs = 1_000;

/**
 * Tells the process that started this one, over their channel, that it lives: once a second, so that the launcher can
 * replace one whose event loop stands still. Does nothing where there is no channel. Never keeps the process alive.
 */
export function giveSignsOfLife(): void {
  if (!process.send) return;
  const timer = setInterval(() => {
    // A launcher that was killed reads no more; the next one ends this process.
    if (process.connected) process.send?.("alive", undefined, undefined, () => {});
  }, everyMs);
  timer.unref();
}
