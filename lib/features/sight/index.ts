import { hasVersion } from "@/lib/features/catalog";
import { hasStatement } from "@/lib/features/chargeback";
import { hasCloud } from "@/lib/features/clouds";
import { findProjectOf } from "@/lib/features/environments";
import { findProjectId } from "@/lib/features/projects";
import { findProjectOfRequest } from "@/lib/features/requests";
import { findProjectOfRun } from "@/lib/features/runs";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, can, type Permission, requirePermission } from "@/lib/platform/auth";

/** An object that is there, with the project it belongs to if there is one. */
interface Seen {
  projectId: string | null;
}

interface Look {
  /** The object with these keys, or null. */
  find: (keys: readonly string[], actor: Actor) => Promise<Seen | null>;
  /** In its project. Where there is none, `find` itself keeps to what the actor may see. */
  permission?: Permission;
}

const inProject = (projectId: string | null): Seen | null => (projectId === null ? null : { projectId });
const nowhereIf = (isThere: boolean): Seen | null => (isThere ? { projectId: null } : null);

const looks = {
  project: { find: async ([key = ""]) => inProject(await findProjectId(key)), permission: "project.read" },
  environment: {
    find: async ([id = ""]) => inProject(await findProjectOf(id)),
    permission: "environment.read",
  },
  request: {
    find: async ([id = ""]) => inProject(await findProjectOfRequest(id)),
    permission: "request.read",
  },
  run: { find: async ([id = ""]) => inProject(await findProjectOfRun(id)), permission: "run.read" },
  // Versions that are not published yet count for reviewers only.
  template: {
    find: async ([name = ""], actor) =>
      nowhereIf(await hasVersion(name, null, can(actor, "template.review"))),
  },
  "template version": {
    find: async ([name = "", version = ""], actor) =>
      nowhereIf(await hasVersion(name, version, can(actor, "template.review"))),
  },
  // Only of the own cost centers, unless all costs may be read.
  statement: {
    find: async ([id = ""], actor) =>
      nowhereIf(await hasStatement(id, can(actor, "cost.read") ? null : (actor.userId ?? ""))),
  },
  cloud: {
    // Asked in any case: the answer takes the same time whether the cloud is there or not.
    find: async ([id = ""], actor) => {
      const isThere = await hasCloud(id);
      return nowhereIf(can(actor, "cloud.read") && isThere);
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
