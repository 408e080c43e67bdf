import type { Clock } from "@/lib/kernel/clock";
import { messageOf } from "@/lib/kernel/errors";
import { sleep } from "./attempt-signal";
import { CloudAway } from "./cloud-wait";
import { backoffMs, unreachableCause } from "./retry";
import { Unobservable } from "./step-errors";
import type { RunLimits, RunSession, StepContext, StepObservation, StepRecord } from "./types";
import { FenceLost } from "./writer";

export type Observed = Exclude<StepObservation, { state: "unobservable" }>;

/**
 * Finds out what came of a step, asking several times.
 * @throws CloudAway when its cloud cannot be reached: it is asked again later
 * @throws Unobservable when no one can tell
 */
export async function observeStep(
  step: StepRecord,
  context: StepContext,
  {
    session,
    limits,
    clock,
    isHalted,
  }: { session: RunSession; limits: RunLimits; clock: Clock; isHalted(): boolean },
): Promise<Observed> {
  let message = "";
  for (let attempt = 1; attempt <= limits.stepAttempts; attempt += 1) {
    try {
      const seen = await session.observe(step, context);
      if (seen.state !== "unobservable") return seen;
      message = seen.message;
    } catch (error) {
      if (error instanceof FenceLost || isHalted()) throw error;
      const away = unreachableCause(error);
      if (away) throw new CloudAway(away);
      message = messageOf(error);
    }
    if (context.signal.aborted) break;
    await sleep(clock, backoffMs(attempt, limits, Math.random()), context.signal);
  }
  throw new Unobservable(message);
}
