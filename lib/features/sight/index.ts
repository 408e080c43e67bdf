import { notFound } from "@/lib/kernel/errors";
import { type Actor, can, type Permission, requirePermission } from "@/lib/platform/auth";
import {
  findCloud,
  findEnvironment,
  findProject,
  findRequest,
  findRun,
  findStatement,
  findTemplate,
  type Seen,
} from "./store";

interface Look {
  /** The object with these keys, or null. */
  find: (keys: readonly string[], actor: Actor) => Promise<Seen | null>;
  /** In its project. Where there is none, `find` itself keeps to what the actor may see. */
  permission?: Permission;
}

const looks = {
  project: { find: ([key = ""]) => findProject(key), permission: "project.read" },
  environment: { find: ([id = ""]) => findEnvironment(id), permission: "environment.read" },
  request: { find: ([id = ""]) => findRequest(id), permission: "request.read" },
  run: { find: ([id = ""]) => findRun(id), permission: "run.read" },
  template: { find: ([name = ""], actor) => findTemplate(name, null, can(actor, "template.review")) },
  "template version": {
    find: ([name = "", version = ""], actor) => findTemplate(name, version, can(actor, "template.review")),
  },
  statement: {
    find: ([id = ""], actor) => findStatement(id, can(actor, "cost.read") ? null : (actor.userId ?? "")),
  },
  cloud: {
    // Asked in any case: the answer takes the same time whether the cloud is there or not.
    find: async ([id = ""], actor) => {
      const cloud = await findCloud(id);
      return can(actor, "cloud.read") ? cloud : null;
    },
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
  const seen = await look.find(keys, actor);
  if (!seen) throw notFound(what);
  if (!look.permission) return;
  requirePermission(actor, look.permission, {
    projectId: seen.projectId,
    what,
    objectType: sight,
    objectId: keys[0],
  });
}
