import { z } from "zod";
import { messageOf } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";
import { getPool } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { getSetting, putSetting } from "../settings";
import { raiseAlarm } from "./alarm";
import { readHeads } from "./heads";
import { listEventsAfter } from "./queries";
import { listSinks, type Sink, type SinkRecord } from "./sinks";

const settingKey = "audit.delivery";
const eventsAtOnce = 500;
const batchesAtOnce = 20;

const deliverySchema = z.object({
  /** Time of the newest head that was sent. */
  sentUntil: z.string().nullable(),
  /** Newest event that was sent. */
  sentSeq: z.number().int(),
  lastOkAt: z.string().nullable(),
  failingSince: z.string().nullable(),
  error: z.string().nullable(),
});
export type Delivery = z.output<typeof deliverySchema>;
const deliveriesSchema = z.record(z.string(), deliverySchema);

const nothingSent: Delivery = {
  sentUntil: null,
  sentSeq: 0,
  lastOkAt: null,
  failingSince: null,
  error: null,
};

/** How far each sink is, by the sink's name. */
export async function getDeliveries(): Promise<Record<string, Delivery>> {
  return await getSetting(settingKey, deliveriesSchema, {});
}

/**
 * Sends every configured sink the heads, and if configured the events, it has not got yet, oldest first. What fails is
 * sent again the next time, so a sink may get something twice. A sink that fails is told to administrators.
 */
export async function deliverHeads(): Promise<void> {
  for (const sink of listSinks()) {
    const before = (await getDeliveries())[sink.name] ?? nothingSent;
    const after = await deliverTo(sink, before);
    if (after === before) continue;
    await putSetting(getPool(), settingKey, { ...(await getDeliveries()), [sink.name]: after });
  }
}

async function deliverTo(sink: Sink, before: Delivery): Promise<Delivery> {
  const progress = { ...before };
  try {
    const sent = (await sendHeads(sink, progress)) + (await sendEvents(sink, progress));
    if (sent === 0 && before.failingSince === null) return before;
    return { ...progress, lastOkAt: new Date().toISOString(), failingSince: null, error: null };
  } catch (error) {
    const problem = messageOf(error);
    moduleLog("audit").warn(
      { err: error, sink: sink.name },
      "audit heads were not sent; they are sent again",
    );
    await raiseAlarm({
      action: "audit.delivery",
      about: sink.name,
      title: `Audit heads don’t reach ${sink.target}`,
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
