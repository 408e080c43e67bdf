import { DatabaseAway } from "../../../_kit/database-away.mjs";
import { log } from "../../../_kit/log.mjs";
import { handlers } from "./handlers.mjs";

const pollMs = 2_000;
const beatMs = 5_000;
const pruneMs = 3_600_000;
const finishWithinMs = 3_000;

/** Fills `slots` with due jobs whenever it is woken, and at the latest every two seconds. */
export function startWorking({ queue, slots }) {
  const running = new Set();
  const abort = new AbortController();
  let stopping = false;
  let claiming = false;
  let wokenMeanwhile = false;

  async function fill() {
    if (stopping) return;
    wokenMeanwhile = true;
    if (claiming) return;
    claiming = true;
    try {
      while (wokenMeanwhile && !stopping && running.size < slots) {
        wokenMeanwhile = false;
        const jobs = await queue.claim(slots - running.size);
        for (const job of jobs) start(job);
      }
    } catch (error) {
      report("taking jobs", error);
    }
    claiming = false;
  }

  function start(job) {
    const task = { job };
    task.done = run(job)
      .catch((error) => report(`job ${job.id}`, error))
      .finally(() => {
        running.delete(task);
        void fill();
      });
    running.add(task);
  }

  async function run(job) {
    const startedAt = performance.now();
    const outcome = await attempt(job);
    const took = `${Math.round(performance.now() - startedAt)} ms`;
    if (outcome.released) {
      log.info(`job ${job.id} ${job.kind} returned to the queue`);
      return queue.release(job);
    }
    if (outcome.error) {
      log.warn(
        `job ${job.id} ${job.kind} failed, attempt ${job.attempts} of ${job.attemptsAllowed}: ${outcome.error}`,
      );
      return queue.fail(job, outcome.error);
    }
    log.info(`job ${job.id} ${job.kind} done in ${took}: ${outcome.result}`);
    return queue.finish(job, outcome.result);
  }

  async function attempt(job) {
    const handler = handlers[job.kind];
    if (!handler) return { error: `no handler for ${job.kind}` };
    try {
      return { result: await handler(job.amount, abort.signal) };
    } catch (error) {
      return abort.signal.aborted ? { released: true } : { error: error.message };
    }
  }

  const beat = () => queue.beat(slots).catch((error) => report("heartbeat", error));
  const timers = [
    setInterval(fill, pollMs),
    setInterval(beat, beatMs),
    setInterval(() => queue.prune().catch((error) => report("cleaning up", error)), pruneMs),
    setTimeout(beat, 500),
  ];

  return {
    wake: () => void fill(),
    running: () => running.size,
    /** Takes nothing new, gives what runs a moment to finish, and gives back what does not. */
    async stop() {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
      const timer = setTimeout(() => abort.abort(), finishWithinMs);
      await Promise.all([...running].map((task) => task.done));
      clearTimeout(timer);
      await queue.leave().catch((error) => report("leaving", error));
    },
  };
}

/** An absent database is no news: the pool logs it and comes back. An unfinished job is taken again after its lease. */
function report(what, error) {
  if (!(error instanceof DatabaseAway)) log.error(`${what}: ${error.stack ?? error}`);
}
