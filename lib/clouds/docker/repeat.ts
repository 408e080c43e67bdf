import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@/lib/kernel/errors";

const pauseMs = 250;

/**
 * Repeats a call for as long as the engine refuses it for a reason that passes by itself.
 * @param reason what the engine says then
 * @throws the last refusal after `forMs`, and every other failure at once
 */
export async function repeatWhile<T>(
  reason: RegExp,
  { forMs, signal }: { forMs: number; signal: AbortSignal },
  call: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + forMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!reason.test(messageOf(error)) || Date.now() > until) throw error;
    }
    // When it is aborted the call says so.
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
