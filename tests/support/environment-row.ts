import { newId } from "@/lib/kernel/ids";
import { execute, getPool } from "@/lib/platform/db";
import { insertHistory } from "./put-status";

/** A running environment that stands in the database alone, with a template and a version of its own; answers its id. */
export async function insertEnvironment(
  projectId: string,
  ownerId: string,
  id = newId("environment"),
): Promise<string> {
  const [versionId, templateId] = [newId("templateVersion"), newId("template")];
  await execute("INSERT INTO template (id, name, title, updated_at) VALUES ($1, 'svc', 'Svc', now())", [
    templateId,
  ]);
  await execute(
    "INSERT INTO template_version (id, template_id, version, status, source, manifest, digest) VALUES ($1, $2, '1.0.0', 'published', '', '{}', '')",
    [versionId, templateId],
  );
  await insertHistory(
    getPool(),
    `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, parameters, placement, status, currency, updated_at)
     VALUES ($1, 'env', $2, $3, $4, '{}', '{}', 'running', 'EUR', now())`,
    [id, projectId, ownerId, versionId],
  );
  return id;
}
