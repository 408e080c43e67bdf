import { rowOf, statements } from "@/lib/platform/db";

/** An object that is there, with the project it belongs to if there is one. */
export interface Seen {
  projectId: string | null;
}

const nowhere: Seen = { projectId: null };

/** A project by its id or slug. */
export async function findProject(key: string): Promise<Seen | null> {
  return await rowOf(
    statements
      .selectFrom("project")
      .select("id as projectId")
      .where((eb) => eb.or([eb("id", "=", key), eb("slug", "=", key)])),
  );
}

/** An environment. */
export async function findEnvironment(id: string): Promise<Seen | null> {
  return await rowOf(
    statements.selectFrom("environment").select("project_id as projectId").where("id", "=", id),
  );
}

/** A request. */
export async function findRequest(id: string): Promise<Seen | null> {
  return await rowOf(statements.selectFrom("request").select("project_id as projectId").where("id", "=", id));
}

/** A run, in its environment's project. */
export async function findRun(id: string): Promise<Seen | null> {
  return await rowOf(
    statements
      .selectFrom("run as r")
      .innerJoin("environment as e", "e.id", "r.environment_id")
      .select("e.project_id as projectId")
      .where("r.id", "=", id),
  );
}

/** A template that has a version, or this one. Versions that are not published yet count for reviewers only. */
export async function findTemplate(
  name: string,
  version: string | null,
  unpublished: boolean,
): Promise<Seen | null> {
  let versions = statements
    .selectFrom("template as t")
    .innerJoin("template_version as v", "v.template_id", "t.id")
    .select("t.id")
    .where("t.name", "=", name)
    .limit(1);
  if (version !== null) versions = versions.where("v.version", "=", version);
  if (!unpublished) versions = versions.where("v.status", "not in", ["draft", "in_review"]);
  return (await rowOf(versions)) && nowhere;
}

/** A statement of a cost center; only the owner's own where `ownerId` is given. */
export async function findStatement(id: string, ownerId: string | null): Promise<Seen | null> {
  let found = statements
    .selectFrom("statement as s")
    .innerJoin("cost_center as c", "c.id", "s.cost_center_id")
    .select("s.id")
    .where("s.id", "=", id);
  if (ownerId !== null) found = found.where("c.owner_id", "=", ownerId);
  return (await rowOf(found)) && nowhere;
}

/** A cloud. */
export async function findCloud(id: string): Promise<Seen | null> {
  return (await rowOf(statements.selectFrom("cloud").select("id").where("id", "=", id))) && nowhere;
}
