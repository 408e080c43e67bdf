import { formatCount } from "@/lib/kernel/format";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { contentSchema, type MessageContent } from "./content";
import { giveUpMs } from "./rules";

const mostItems = 100;

/**
 * Puts what waits for people's daily digests into one mail for each, when its hour has come. In one transaction per
 * person: nothing is in two digests or in none.
 * @returns how many mails
 */
export async function bundleDigests(): Promise<number> {
  const due = await query<{ userId: string }>(
    `SELECT DISTINCT user_id AS "userId" FROM outbox_message
     WHERE status = 'digest' AND next_attempt_at <= now() LIMIT 500`,
  );
  let made = 0;
  for (const { userId } of due) if (await bundle(userId)) made += 1;
  return made;
}

async function bundle(userId: string): Promise<boolean> {
  return await withSqlTransaction(async (client) => {
    const { rows } = await client.query<{ content: unknown; createdAt: Date }>(
      `DELETE FROM outbox_message WHERE user_id = $1 AND status = 'digest' AND next_attempt_at <= now()
       RETURNING content, created_at AS "createdAt"`,
      [userId],
    );
    if (rows.length === 0) return false;
    const all = rows.toSorted((left, right) => left.createdAt.getTime() - right.createdAt.getTime());
    const more = all.length - mostItems;
    const content: MessageContent = {
      ...contentSchema.parse({
        title: `Rostrum: ${formatCount(all.length, "notification")} since yesterday`,
      }),
      ...(more > 0 && {
        body: `This email lists the newest ${mostItems}. See all notifications in Rostrum.`,
      }),
      href: "/notifications",
      items: all.slice(-mostItems).map((row) => {
        const { title, body, href } = contentSchema.parse(row.content);
        return { title, body, href, at: row.createdAt.toISOString() };
      }),
    };
    await client.query(
      `INSERT INTO outbox_message (id, channel, kind, status, user_id, content, give_up_at)
       VALUES ('msg_' || replace(gen_random_uuid()::text, '-', ''), 'email', 'digest', 'pending', $1, $2, now() + $3 * interval '1 millisecond')`,
      [userId, JSON.stringify(content), giveUpMs],
    );
    return true;
  });
}
