import { messageOf } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";
import { unseal } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { sendMail } from "@/lib/platform/mail";
import { requestOutgoing } from "@/lib/platform/outgoing";
import { enqueue } from "@/lib/platform/queue";
import { contentSchema } from "./content";
import { renderEmail } from "./email";
import { notify } from "./notify";
import { retryDelayMs } from "./rules";
import type { EventKind } from "./schema";
import { wasToldToday } from "./store-inbox";
import {
  type ClaimedMessage,
  claimMessage,
  listDueMessages,
  putMessageOff,
  setDelivered,
} from "./store-outbox";
import { signedHeaders, webhookBody } from "./webhook-message";

/** A worker that dies leaves its message to the next one after this long; no attempt takes longer than half of it. */
const leaseMs = 60_000;
const answerMs = 15_000;
const batch = 200;

export const webhookContext = (id: string) => `webhook:${id}`;

/**
 * Sends one message of the outbox, if it is due and no one else does: at least once, with the same id each time.
 * @returns whether this call tried
 */
export async function deliverMessage(id: string): Promise<boolean> {
  const claimed = await claimMessage(id, leaseMs);
  if (!claimed) return false;
  const gone = destinationGone(claimed);
  if (gone !== null) {
    await putOff(claimed, gone, true);
    return true;
  }
  try {
    await send(claimed);
  } catch (error) {
    await putOff(claimed, messageOf(error), false);
    return true;
  }
  await setDelivered(claimed);
  return true;
}

/**
 * Finds what is due and has it sent: by a message to the workers, or here when the queue is down.
 * @returns how many were found
 */
export async function sweepOutbox(signal: AbortSignal): Promise<number> {
  const due = await listDueMessages(batch);
  for (const id of due) {
    if (signal.aborted) break;
    const sent = await enqueue("notifications.deliver", { messageId: id }, { dedupeKey: id });
    if (!sent) await deliverMessage(id);
  }
  return due.length;
}

/** Why no attempt can succeed any more; null while one may. */
function destinationGone({ channel, email, disabled, webhook }: ClaimedMessage): string | null {
  if (channel === "email") return email && !disabled ? null : "The user is disabled";
  return webhook?.enabled ? null : "The webhook is disabled";
}

async function send(message: ClaimedMessage): Promise<void> {
  const content = contentSchema.parse(message.content);
  const { publicUrl } = getConfig();
  const { webhook, email } = message;
  if (!webhook) {
    const action = message.kind === "request.approval-requested" ? "Review request" : undefined;
    await sendMail({ id: message.id, to: email ?? "", ...renderEmail(content, publicUrl, action) });
    return;
  }
  const body = webhookBody(webhook.format, { ...message, content }, publicUrl);
  const secret = unseal(webhook.sealed, webhookContext(webhook.id));
  const answer = await requestOutgoing(webhook.url, {
    method: "POST",
    headers: {
      ...signedHeaders(message.id, body, secret, Math.floor(Date.now() / 1000)),
      "content-length": String(Buffer.byteLength(body)),
      "user-agent": "Rostrum",
    },
    body,
    timeoutMs: answerMs,
  });
  if (answer.status < 200 || answer.status > 299) throw new Error(`HTTP ${answer.status}`);
}

/** Tries again later, or gives up: at once where the destination is gone, else when its time is over. */
async function putOff(message: ClaimedMessage, reason: string, gone: boolean): Promise<void> {
  const error = reason.slice(0, 500);
  moduleLog("notifications").warn(
    { message: message.id, attempts: message.attempts, error },
    "delivery failed",
  );
  await inTransaction(async (tx) => {
    const delayMs = retryDelayMs(message.attempts);
    const failed = await putMessageOff(tx, message, { error, delayMs, atOnce: gone });
    if (failed && !gone) await tellOfFailure(tx, message, error);
  });
}

/** Once a day for each destination, and never about these words themselves: they would go the same broken way. */
async function tellOfFailure(tx: Tx, message: ClaimedMessage, error: string): Promise<void> {
  const kind: EventKind = "delivery.failed";
  if (message.kind === kind) return;
  const what = message.webhook ? `Webhook ${message.webhook.name}` : "Email";
  const title = `${what}: messages couldn’t be delivered`;
  if (!(await wasToldToday(tx, kind, title)))
    await notify(tx, { kind, title, body: error, href: "/admin/settings" });
}
