import { within } from "@/lib/kernel/probe";
import type { WorkerFamily } from "../config/load";
import { withLock } from "../db";
import type { JobQueue } from "./backend";
import { jobs, type ScheduleName, schedulesOf } from "./catalog";
import { answerLimitMs, getQueue } from "./connection";

/** Failures of recurring jobs repeat themselves: the newest tell what is wrong. */
const keptFailures = { count: 20, age: 7 * 24 * 3_600 };
/** A turn may be late by this much before its schedule counts as stuck. */
const lateMs = 10_000;

interface Scheduler {
  key: string;
  every?: number | undefined;
  next?: number | undefined;
}

/**
 * Makes the job schedulers of a role what the catalog says: missing ones are added, those of another interval changed,
 * stuck ones made again, unknown ones of an older version removed. One process at a time, and nothing is touched that is
 * right: several processes that start together must not move one another's turns.
 * @returns the recurring jobs whose schedule was missing or stuck, so that a turn may have been lost
 * @throws when the queue's server or the database does not answer
 */
export async function ensureSchedules(role: WorkerFamily): Promise<ScheduleName[]> {
  const queue = await within(answerLimitMs, getQueue(role));
  if (!(await differences(queue, role)).some) return [];
  return await withLock(`job schedules of ${role}`, async () => {
    // Another process may have been first.
    const { unknown, changed, lost } = await differences(queue, role);
    for (const key of unknown) await queue.removeJobScheduler(key);
    // What is stuck has a turn that never comes, which an upsert would keep.
    for (const name of lost) await queue.removeJobScheduler(name);
    for (const name of [...changed, ...lost]) await upsert(queue, name);
    return lost;
  });
}

async function upsert(queue: JobQueue, name: ScheduleName): Promise<void> {
  const opts = { attempts: jobs[name].attempts, removeOnFail: keptFailures };
  await queue.upsertJobScheduler(name, { every: jobs[name].everyMs }, { name, data: {}, opts });
}

async function differences(queue: JobQueue, role: WorkerFamily) {
  const found: Scheduler[] = await within(answerLimitMs, queue.getJobSchedulers());
  const known = schedulesOf(role);
  const unknown = found.map(({ key }) => key).filter((key) => !known.some((name) => name === key));
  const changed: ScheduleName[] = [];
  const lost: ScheduleName[] = [];
  for (const name of known) {
    const one = found.find(({ key }) => key === name);
    if (!one || isStuck(one, jobs[name].everyMs, Date.now())) lost.push(name);
    else if (one.every !== jobs[name].everyMs) changed.push(name);
  }
  return { unknown, changed, lost, some: unknown.length + changed.length + lost.length > 0 };
}

/**
 * Whether a scheduler's next turn is long over (its job was lost, or its worker died between taking one turn and adding
 * the next), or further away than its interval allows (the clock was wrong and has been set back).
 */
function isStuck({ next, every }: Scheduler, everyMs: number, nowMs: number): boolean {
  if (next === undefined) return true;
  const interval = Math.max(every ?? everyMs, everyMs);
  return next < nowMs - 2 * interval - lateMs || next > nowMs + 2 * interval + lateMs;
}

/** When each recurring job of a role is due next. @throws as `ensureSchedules` */
export async function readNextTurns(role: WorkerFamily): Promise<Map<string, Date>> {
  const queue = await within(answerLimitMs, getQueue(role));
  const found: Scheduler[] = await within(answerLimitMs, queue.getJobSchedulers());
  return new Map(found.flatMap(({ key, next }) => (next === undefined ? [] : [[key, new Date(next)]])));
}
