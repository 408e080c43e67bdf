import type { WorkerFamily } from "@/lib/platform/config/load";
import { jobs, type MessageName, messageNames, startScheduleWorker, startWorker } from "@/lib/platform/queue";
import { handlers } from "./handlers";
import { SafetyLoop } from "./safety-loop";
import { type Stop, stopAll } from "./stop";
import type { Turns } from "./turns";

const graceMs = 5_000;

/** Begins to do the jobs of some roles: those that are sent, and the turns of recurring ones. */
export async function startJobs(roles: readonly WorkerFamily[], turns: Turns): Promise<Stop> {
  const ending = new AbortController();
  const sent = messageNames.filter((name) => roles.includes(jobs[name].role));
  const workers = await Promise.all([
    ...sent.map((name) => startMessages(name, ending.signal)),
    ...roles.map((role) => startScheduleWorker(role, (name) => turns.take(name))),
  ]);
  const stopLoop = new SafetyLoop(roles, turns).start();
  const stop = stopAll([stopLoop, () => turns.stop(), ...workers.map((one) => () => one.close(graceMs))]);
  return async () => {
    ending.abort();
    await stop();
  };
}

async function startMessages<N extends MessageName>(name: N, signal: AbortSignal) {
  return await startWorker(name, async (payload) => {
    const handle = await handlers[name]();
    await handle(payload, signal);
  });
}
