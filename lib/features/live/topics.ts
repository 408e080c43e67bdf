import { notFound } from "@/lib/kernel/errors";
import { type Actor, can, type Permission, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { topicPattern } from "@/lib/platform/events";

const projectOf: Record<string, { sql: string; permission: Permission }> = {
  project: { sql: "SELECT id AS project_id FROM project WHERE id = $1", permission: "project.read" },
  environment: { sql: "SELECT project_id FROM environment WHERE id = $1", permission: "environment.read" },
  request: { sql: "SELECT project_id FROM request WHERE id = $1", permission: "request.read" },
  run: {
    sql: "SELECT e.project_id FROM run r JOIN environment e ON e.id = r.environment_id WHERE r.id = $1",
    permission: "run.read",
  },
};

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
  const rule = projectOf[kind];
  if (!rule) throw notFound(what);
  const [row] = await query<{ project_id: string }>(rule.sql, [id]);
  if (!row) throw notFound(what);
  requirePermission(actor, rule.permission, {
    projectId: row.project_id,
    what,
    objectType: kind,
    objectId: id,
  });
}
