import { notFound } from "@/lib/kernel/errors";
import { type Actor, can, type Permission, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";

interface Look {
  /** By the keys from $1 on; answers at most one row, with the project it belongs to if there is one. */
  sql: string;
  /** In that project. Where there is none, the statement itself keeps to what the actor may see. */
  permission?: Permission;
  /** What else the statement asks of the actor, after the keys. */
  also?: (actor: Actor) => unknown[];
}

const looks = {
  project: {
    sql: "SELECT id AS project_id FROM project WHERE id = $1 OR slug = $1",
    permission: "project.read",
  },
  environment: {
    sql: "SELECT project_id FROM environment WHERE id = $1",
    permission: "environment.read",
  },
  request: { sql: "SELECT project_id FROM request WHERE id = $1", permission: "request.read" },
  run: {
    sql: "SELECT e.project_id FROM run r JOIN environment e ON e.id = r.environment_id WHERE r.id = $1",
    permission: "run.read",
  },
  template: {
    sql: `SELECT NULL AS project_id FROM template t WHERE t.name = $1 AND EXISTS (SELECT 1 FROM template_version v
            WHERE v.template_id = t.id AND ($2 OR v.status NOT IN ('draft', 'in_review')))`,
    also: (actor) => [can(actor, "template.review")],
  },
  "template version": {
    sql: `SELECT NULL AS project_id FROM template t JOIN template_version v ON v.template_id = t.id
           WHERE t.name = $1 AND v.version = $2 AND ($3 OR v.status NOT IN ('draft', 'in_review'))`,
    also: (actor) => [can(actor, "template.review")],
  },
  statement: {
    sql: `SELECT NULL AS project_id FROM statement s JOIN cost_center c ON c.id = s.cost_center_id
           WHERE s.id = $1 AND ($2 OR c.owner_id = $3)`,
    also: (actor) => [can(actor, "cost.read"), actor.userId],
  },
  cloud: {
    sql: "SELECT NULL AS project_id FROM cloud WHERE id = $1 AND $2",
    also: (actor) => [can(actor, "cloud.read")],
  },
} as const satisfies Record<string, Look>;

export type Sight = keyof typeof looks;

export function isSight(name: string): name is Sight {
  return Object.hasOwn(looks, name);
}

/**
 * Returns when the object is there and the actor may see it: one read by its key, and nothing else about it.
 * @param what its name in the message, else what it is
 * @throws AppError `not_found` for an unknown and a foreign object alike; `forbidden` inside the actor's own project
 */
export async function requireSight(
  actor: Actor,
  sight: Sight,
  keys: readonly string[],
  what = `The ${sight}`,
): Promise<void> {
  const look: Look = looks[sight];
  const [row] = await query<{ project_id: string | null }>(
    look.sql,
    [...keys, ...(look.also?.(actor) ?? [])],
    {
      name: `sight_${sight.replace(" ", "_")}`,
    },
  );
  if (!row) throw notFound(what);
  if (!look.permission) return;
  requirePermission(actor, look.permission, {
    projectId: row.project_id,
    what,
    objectType: sight,
    objectId: keys[0],
  });
}
