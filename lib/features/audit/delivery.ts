import { existsSync } from "node:fs";
import { messageOf } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";
import { moduleLog } from "@/lib/platform/log";
import { raiseAlarm } from "./alarm";
import { readHeads } from "./heads";
import { type Delivery, nothingSent, progressFile, readProgress, writeProgress } from "./progress";
import { listEventsAfter } from "./queries";
import { listSinks, type Sink, type SinkRecord } from "./sinks";

const eventsAtOnce = 500;
const batchesAtOnce = 20;

/**
 * Sends every configured sink the heads, and if configured the events, it has not got yet, oldest first. What fails is
 * sent again the next time, so a sink may get something twice. A sink that fails is told to administrators. When it is
 * not certain how far sinks are, everything is sent again, and administrators are told that too.
 */
export async function deliverHeads(): Promise<void> {
  if (listSinks().length === 0) {
    // So that a sink that is configured later is not told that something is missing.
    if (!existsSync(progressFile())) writeProgress({});
    return;
  }
  const { sinks: known, problem } = await readProgress();
  const resent = problem ? { at: new Date().toISOString(), why: problem } : null;
  if (problem) {
    await raiseAlarm({
      action: "audit.delivery",
      about: "progress",
      title: "Resending all audit heads",
      problem: `${problem}. Compare the heads received before with the new ones.`,
    });
  }
  let changed = problem !== null || !existsSync(progressFile());
  const sinks = { ...known };
  for (const sink of listSinks()) {
    const before = known[sink.name] ?? { ...nothingSent, resent };
    const after = await deliverTo(sink, before);
    changed ||= after !== before || known[sink.name] === undefined;
    sinks[sink.name] = after;
    // Written after each: a process that ends here need not send it all again.
    if (changed) writeProgress(sinks);
  }
  if (changed) writeProgress(sinks);
}

async function deliverTo(sink: Sink, before: Delivery): Promise<Delivery> {
  const progress = { ...before };
  try {
    const sent = (await sendHeads(sink, progress)) + (await sendEvents(sink, progress));
    if (sent === 0 && before.failingSince === null) return before;
    return { ...progress, lastOkAt: new Date().toISOString(), failingSince: null, error: null };
  } catch (error) {
    const problem = messageOf(error);
    moduleLog("audit").warn({ err: error, sink: sink.name }, "couldn't send audit heads; retrying");
    await raiseAlarm({
      action: "audit.delivery",
      about: sink.name,
      title: `Couldn’t send audit heads to ${sink.target}`,
      problem,
    });
    return { ...progress, failingSince: before.failingSince ?? new Date().toISOString(), error: problem };
  }
}

async function sendHeads(sink: Sink, progress: Delivery): Promise<number> {
  const since = progress.sentUntil ?? "";
  const heads = readHeads().flatMap(({ head }) => (head && head.time > since ? [head] : []));
  for (let start = 0; start < heads.length; start += eventsAtOnce) {
    const batch = heads.slice(start, start + eventsAtOnce);
    await sink.send(
      batch.map((head): SinkRecord => ({ kind: "audit-head", at: new Date(head.time), content: head })),
    );
    progress.sentUntil = batch.at(-1)?.time ?? progress.sentUntil;
  }
  return heads.length;
}

async function sendEvents(sink: Sink, progress: Delivery): Promise<number> {
  if (getConfig().auditSinks.send !== "events") return 0;
  let total = 0;
  for (let batch = 0; batch < batchesAtOnce; batch += 1) {
    const events = await listEventsAfter(progress.sentSeq, eventsAtOnce);
    if (events.length === 0) break;
    await sink.send(
      events.map((event): SinkRecord => ({ kind: "audit-event", at: new Date(event.at), content: event })),
    );
    progress.sentSeq = events.at(-1)?.seq ?? progress.sentSeq;
    total += events.length;
    if (events.length < eventsAtOnce) break;
  }
  return total;
}
