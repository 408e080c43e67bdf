import { isSight, requireSight } from "@/lib/features/sight";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, can } from "@/lib/platform/auth";
import { topicPattern } from "@/lib/platform/events";

/**
 * Returns when the actor may listen to every one of the topics.
 * @throws AppError `not_found` for an unknown topic and for one of an object the actor may not see, alike
 */
export async function requireTopics(actor: Actor, topics: readonly string[]): Promise<void> {
  for (const topic of topics) await requireTopic(actor, topic);
}

async function requireTopic(actor: Actor, topic: string): Promise<void> {
  const what = `The topic "${topic}"`;
  const [, kind = "", id = ""] = topicPattern.exec(topic) ?? [];
  if (topic === "admin") {
    if (!can(actor, "queue.read")) throw notFound(what);
    return;
  }
  if (kind === "user") {
    if (id !== actor.userId) throw notFound(what);
    return;
  }
  if (!isSight(kind)) throw notFound(what);
  await requireSight(actor, kind, [id], what);
}
