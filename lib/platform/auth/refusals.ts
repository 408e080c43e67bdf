import { messageOf } from "@/lib/kernel/errors";
import { type AuditEntry, recordAuditAlone } from "../audit";
import { moduleLog } from "../log";
import { addressKey } from "./address-key";

/** Repeats of one refusal are counted for this long, then written as one event; a longer series in longer windows. */
const firstWindowMs = 10_000;
const longestWindowMs = 60_000;
/** Refusals told apart at once; the rest is counted by actor and action. */
const maxKnown = 10_000;
const maxSamples = 20;

/** Events of their own that one actor, one address and everybody without a name may cause: at once, and per second. */
const budgets = {
  person: { burst: 1_000, perSecond: 1 },
  address: { burst: 300, perSecond: 1 },
  nobody: { burst: 3_000, perSecond: 10 },
} as const;

/** Of what was refused: its action is the permission that was missing, or what was tried. */
type Refusal = AuditEntry<string>;

interface Series {
  entry: Refusal;
  /** Refusals since the last event of the series. */
  repeats: number;
  /** What was asked for, where the series is about more than one object. */
  samples: Set<string> | null;
  windowMs: number;
  timer: NodeJS.Timeout;
}

interface Refusals {
  series: Map<string, Series>;
  budgets: Map<string, { left: number; atMs: number }>;
}

// Next bundles this module into the proxy, the pages and the API: they count together.
const holder = globalThis as typeof globalThis & { rostrumRefusals?: Refusals };

function refusals(): Refusals {
  holder.rostrumRefusals ??= { series: new Map(), budgets: new Map() };
  return holder.rostrumRefusals;
}

/**
 * Writes down a refused attempt. The first one is an event at once. Repeats (same actor, operation, object and
 * reason) are counted and become one event with `detail.repeated` when their window ends: 10 s, then up to 60 s while they continue.
 * An actor who is refused more kinds of things than its budget gets one event per action and window, with the count
 * and a sample of objects. So no one floods the audit, and every attempt is in a number. Never throws: the refusal
 * stands even when it cannot be written down, and the log says so.
 */
export async function recordRefusal(entry: Refusal): Promise<void> {
  const { series } = refusals();
  const key = keyOf(entry);
  const known = series.get(key);
  if (known) {
    known.repeats += 1;
    return;
  }
  if (series.size < maxKnown && hasBudget(entry)) {
    begin(key, entry, null);
    await write(entry);
    return;
  }
  countTogether(entry);
}

/** Writes what was counted and not written yet; before the process ends, and in tests. */
export async function flushRefusals(): Promise<void> {
  const keys = [...refusals().series.keys()];
  await Promise.all(keys.map((key) => endWindow(key)));
}

/** For tests: nothing was refused so far. */
export function resetRefusals(): void {
  for (const { timer } of refusals().series.values()) clearTimeout(timer);
  delete holder.rostrumRefusals;
}

function keyOf({ actor, action, objectType, objectId, projectId, detail }: Refusal): string {
  const who = [actor.userId, actor.via, actor.name, actor.ip];
  return JSON.stringify([...who, action, objectType, objectId, projectId ?? null, detail ?? null]);
}

function countTogether(entry: Refusal): void {
  const { actor, action } = entry;
  const { series } = refusals();
  const key = JSON.stringify(["many", actor.userId, action]);
  let together = series.get(key);
  if (!together) {
    const shown = actor.userId === null ? { ...actor, ip: "" } : actor;
    together = begin(key, { ...entry, actor: shown, objectId: "", projectId: null, detail: {} }, new Set());
  }
  together.repeats += 1;
  if ((together.samples?.size ?? 0) >= maxSamples) return;
  together.samples?.add([actor.userId === null ? actor.ip : "", entry.objectId].filter(Boolean).join(" "));
}

function begin(key: string, entry: Refusal, samples: Set<string> | null): Series {
  const one: Series = {
    entry,
    repeats: 0,
    samples,
    windowMs: firstWindowMs,
    timer: timerOf(key, firstWindowMs),
  };
  refusals().series.set(key, one);
  return one;
}

function timerOf(key: string, windowMs: number): NodeJS.Timeout {
  return setTimeout(() => void endWindow(key), windowMs).unref();
}

/** A quiet series is forgotten; a busy one is written and watched on. */
async function endWindow(key: string): Promise<void> {
  const { series } = refusals();
  const one = series.get(key);
  if (!one) return;
  clearTimeout(one.timer);
  const { entry, repeats, samples } = one;
  if (repeats === 0) {
    series.delete(key);
    return;
  }
  one.repeats = 0;
  one.windowMs = Math.min(longestWindowMs, one.windowMs * 2);
  one.timer = timerOf(key, one.windowMs);
  if (samples) one.samples = new Set();
  const objects = samples && { objects: [...samples] };
  await write({ ...entry, detail: { ...entry.detail, repeated: repeats, ...objects } });
}

function hasBudget({ actor }: Refusal): boolean {
  if (actor.userId !== null) return take(actor.userId, budgets.person);
  return take(`address ${addressKey(actor.ip)}`, budgets.address) && take("nobody", budgets.nobody);
}

function take(who: string, budget: { burst: number; perSecond: number }): boolean {
  const { budgets: known } = refusals();
  const nowMs = Date.now();
  const before = known.get(who) ?? { left: budget.burst, atMs: nowMs };
  const left = Math.min(budget.burst, before.left + ((nowMs - before.atMs) / 1000) * budget.perSecond);
  known.delete(who);
  known.set(who, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
  const [oldest] = known.keys();
  if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
  return left >= 1;
}

async function write(entry: Refusal): Promise<void> {
  try {
    await recordAuditAlone({ ...entry, outcome: "denied" });
  } catch (error) {
    const { action, objectId, actor, detail } = entry;
    moduleLog("auth").error(
      { err: error, action, objectId, userId: actor.userId, ip: actor.ip, detail },
      `couldn't audit a denied action: ${messageOf(error)}`,
    );
  }
}
