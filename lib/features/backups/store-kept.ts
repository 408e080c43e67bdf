import { sql } from "kysely";
import { environmentRows } from "@/lib/features/environments/joins";
import { rowOf, statements } from "@/lib/platform/db";

const kept = statements
  .selectFrom("backup as b")
  .select(["b.environment_id as environmentId", "b.status", "b.template_version as version"])
  .select(
    sql<string[]>`array(select distinct p.component from backup_part p where p.backup_id = b.id)`.as(
      "components",
    ),
  )
  .where("b.status", "<>", "deleted");

/** A backup of an environment and the components it holds data of. */
export async function findBackupOf(environmentId: string, backupId: string) {
  return await rowOf(kept.where("b.id", "=", backupId).where("b.environment_id", "=", environmentId));
}

/** A backup of any environment of a project, also of a destroyed one. */
export async function findBackupIn(projectId: string, backupId: string) {
  const ofProject = kept
    .innerJoin(environmentRows.as("e"), "e.id", "b.environment_id")
    .where("b.id", "=", backupId)
    .where("e.project_id", "=", projectId);
  return await rowOf(ofProject);
}
