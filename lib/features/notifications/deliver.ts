import type { ClientBase } from "pg";
import { messageOf } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";
import { unseal } from "@/lib/platform/crypto";
import { execute, query, withSqlTransaction } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { sendMail } from "@/lib/platform/mail";
import { requestOutgoing } from "@/lib/platform/outgoing";
import { enqueue } from "@/lib/platform/queue";
import { contentSchema } from "./content";
import { renderEmail } from "./email";
import { notify } from "./notify";
import { type EventKind, retryDelayMs } from "./rules";
import type { WebhookFormat } from "./schema";
import { signedHeaders, webhookBody } from "./webhook-message";

/** A worker that dies leaves its message to the next one after this long; no attempt takes longer than half of it. */
const leaseMs = 60_000;
const answerMs = 15_000;
const batch = 200;

export const webhookContext = (id: string) => `webhook:${id}`;

interface Claimed {
  id: string;
  channel: "email" | "webhook";
  kind: string;
  content: unknown;
  attempts: number;
  createdAt: Date;
  email: string | null;
  disabled: boolean;
  webhook: {
    id: string;
    name: string;
    url: string;
    format: WebhookFormat;
    sealed: string;
    enabled: boolean;
  } | null;
}

/**
 * Sends one message of the outbox, if it is due and nobody else does: at least once, with the same id each time.
 * @returns whether this call tried
 */
export async function deliverMessage(id: string): Promise<boolean> {
  const claimed = await claim(id);
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
  await execute(
    `UPDATE outbox_message SET status = 'delivered', delivered_at = now(), lease_until = NULL, last_error = ''
     WHERE id = $1 AND attempts = $2`,
    [claimed.id, claimed.attempts],
  );
  return true;
}

/**
 * Finds what is due and has it sent: by a message to the workers, or here when the queue is down.
 * @returns how many were found
 */
export async function sweepOutbox(signal: AbortSignal): Promise<number> {
  const due = await query<{ id: string }>(
    `SELECT id FROM outbox_message WHERE status = 'pending' AND next_attempt_at <= now()
       AND (lease_until IS NULL OR lease_until < now()) ORDER BY next_attempt_at LIMIT $1`,
    [batch],
    { name: "outbox_due" },
  );
  for (const { id } of due) {
    if (signal.aborted) break;
    const sent = await enqueue("notifications.deliver", { messageId: id }, { dedupeKey: id });
    if (!sent) await deliverMessage(id);
  }
  return due.length;
}

/**
 * Each claim counts as an attempt, so one that killed its worker is not repeated for ever. The column keeps milliseconds: a
 * message that is due now may have been rounded up to the next one.
 */
async function claim(id: string): Promise<Claimed | undefined> {
  const [row] = await query<Claimed>(
    `WITH claimed AS (
       UPDATE outbox_message SET attempts = attempts + 1, lease_until = now() + $2 * interval '1 millisecond'
       WHERE id = $1 AND status = 'pending' AND next_attempt_at < now() + interval '1 millisecond'
         AND (lease_until IS NULL OR lease_until < now())
       RETURNING *)
     SELECT c.id, c.channel::text AS channel, c.kind, c.content, c.attempts, c.created_at AS "createdAt",
       u.email, u.disabled_at IS NOT NULL AS disabled,
       CASE WHEN w.id IS NOT NULL THEN jsonb_build_object('id', w.id, 'name', w.name, 'url', w.url, 'format', w.format,
         'sealed', w.sealed, 'enabled', w.enabled) END AS webhook
     FROM claimed c LEFT JOIN app_user u ON u.id = c.user_id LEFT JOIN webhook w ON w.id = c.webhook_id`,
    [id, leaseMs],
    { name: "outbox_claim" },
  );
  return row;
}

/** Why no attempt can succeed any more; null while one may. */
function destinationGone({ channel, email, disabled, webhook }: Claimed): string | null {
  if (channel === "email") return email && !disabled ? null : "The user is disabled";
  return webhook?.enabled ? null : "The webhook is disabled";
}

async function send(message: Claimed): Promise<void> {
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
async function putOff(message: Claimed, reason: string, gone: boolean): Promise<void> {
  const error = reason.slice(0, 500);
  moduleLog("notifications").warn(
    { message: message.id, attempts: message.attempts, error },
    "delivery failed",
  );
  await withSqlTransaction(async (client) => {
    const moved = await client.query<{ status: string }>(
      `UPDATE outbox_message SET lease_until = NULL, last_error = $3,
         next_attempt_at = now() + $4 * interval '1 millisecond',
         status = CASE WHEN $5 OR now() + $4 * interval '1 millisecond' > give_up_at THEN 'failed' ELSE 'pending' END::outbox_status
       WHERE id = $1 AND attempts = $2 AND status = 'pending' RETURNING status::text AS status`,
      [message.id, message.attempts, error, retryDelayMs(message.attempts), gone],
    );
    if (moved.rows[0]?.status === "failed" && !gone) await tellOfFailure(client, message, error);
  });
}

/** Once a day for each destination, and never about these words themselves: they would go the same broken way. */
async function tellOfFailure(client: ClientBase, message: Claimed, error: string): Promise<void> {
  const kind: EventKind = "delivery.failed";
  if (message.kind === kind) return;
  const what = message.webhook ? `Webhook ${message.webhook.name}` : "Email";
  const title = `${what}: messages couldn’t be delivered`;
  const [told] = await query(
    "SELECT 1 FROM notification WHERE kind = $1 AND title = $2 AND created_at > now() - interval '1 day' LIMIT 1",
    [kind, title],
    { client },
  );
  if (!told) await notify(client, { kind, title, body: error, href: "/admin/notifications" });
}
