import { formatCount } from "@/lib/kernel/format";
import { newId } from "@/lib/kernel/ids";
import { inTransaction } from "@/lib/platform/db";
import { contentSchema, type MessageContent } from "./content";
import { giveUpMs } from "./rules";
import { insertMessage, listDueDigests, takeDigestMessages } from "./store-outbox";

const mostItems = 100;

/**
 * Puts what waits for people's daily digests into one mail for each, when its hour has come. In one transaction per
 * person: nothing is in two digests or in none.
 * @returns how many mails
 */
export async function bundleDigests(): Promise<number> {
  const due = await listDueDigests(500);
  let made = 0;
  for (const userId of due) if (await bundle(userId)) made += 1;
  return made;
}

async function bundle(userId: string): Promise<boolean> {
  return await inTransaction(async (tx) => {
    const rows = await takeDigestMessages(tx, userId);
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
    await insertMessage(tx, { id: newId("message"), to: { userId }, kind: "digest", content, giveUpMs });
    return true;
  });
}
