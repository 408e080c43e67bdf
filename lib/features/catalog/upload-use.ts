import type { ClientBase } from "pg";
import { DriverError } from "@/lib/clouds/contract";
import { AppError } from "@/lib/kernel/errors";
import { isIdOf } from "@/lib/kernel/ids";
import { type Actor, refused } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";

/** An upload that a parameter names. */
interface NamedUpload {
  id: string;
  parameter: string;
}

/**
 * The uploads that parameters name, after it is certain that the environment may use them: an upload belongs to a
 * project, and its uploader must still be allowed to upload there. Any member of the project who may request
 * environments may use it. What the environment uses already it may go on using.
 * @throws AppError validation_failed for a field of uploads that names none; not_found, audited, for an upload of
 * another project as for one that does not exist
 */
export async function requireUploads(
  actor: Actor,
  target: {
    projectId: string;
    environmentId: string;
    parameters: Record<string, unknown>;
    /** Parameters whose values are uploads and nothing else. */
    uploadFields: readonly string[];
  },
): Promise<string[]> {
  requireUploadIds(target);
  const named = Object.entries(target.parameters).flatMap(([name, value]) => uploadsIn(value, name));
  if (named.length === 0) return [];
  const ids = [...new Set(named.map((one) => one.id))];
  const usable = await usableUploads(ids, target);
  const foreign = named.find((one) => !usable.has(one.id));
  if (!foreign) return ids;
  const error = new AppError(
    "not_found",
    "The uploaded archive was not found in this project. Upload it again.",
    {
      problems: [{ path: `parameters.${foreign.parameter}`, message: "was not found in this project" }],
    },
  );
  const object = { projectId: target.projectId, objectType: "upload", objectId: foreign.id };
  throw await refused(actor, "upload.use", object, error);
}

function requireUploadIds({
  parameters,
  uploadFields,
}: Pick<Parameters<typeof requireUploads>[1], "parameters" | "uploadFields">): void {
  const wrong = uploadFields.filter((name) => {
    const value = parameters[name];
    return typeof value === "string" && value !== "" && !isIdOf("upload", value);
  });
  if (wrong.length === 0) return;
  throw new AppError("validation_failed", "Some parameters are invalid.", {
    problems: wrong.map((name) => ({ path: `parameters.${name}`, message: "isn’t an uploaded archive" })),
  });
}

function uploadsIn(value: unknown, parameter: string): NamedUpload[] {
  if (typeof value === "string") return isIdOf("upload", value) ? [{ id: value, parameter }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((one) => uploadsIn(one, parameter));
}

async function usableUploads(
  ids: readonly string[],
  { projectId, environmentId }: { projectId: string; environmentId: string },
): Promise<Set<string>> {
  const rows = await query<{ id: string }>(
    `SELECT u.id FROM upload u
      WHERE u.id = ANY($1) AND (
        EXISTS (SELECT 1 FROM upload_use x WHERE x.upload_id = u.id AND x.environment_id = $3)
        OR u.project_id = $2 AND EXISTS (
          SELECT 1 FROM app_user o LEFT JOIN project_member m ON m.user_id = o.id AND m.project_id = u.project_id
           WHERE o.id = u.owner_id AND o.disabled_at IS NULL
             AND (o.org_role = 'admin' OR m.role IN ('owner', 'developer'))))`,
    [ids, projectId, environmentId],
  );
  return new Set(rows.map((row) => row.id));
}

/**
 * Keeps in mind that a request's plan names uploads, in the transaction that stores the plan.
 * @throws AppError conflict when one was removed in between
 */
export async function recordUploadUse(
  client: ClientBase,
  {
    requestId,
    environmentId,
    uploads,
  }: { requestId: string; environmentId: string; uploads: readonly string[] },
): Promise<void> {
  if (uploads.length === 0) return;
  const kept = await client.query(
    `INSERT INTO upload_use (upload_id, request_id, environment_id)
     SELECT id, $2::text, $3::text FROM upload WHERE id = ANY($1) FOR KEY SHARE
     ON CONFLICT (upload_id, request_id) DO UPDATE SET environment_id = excluded.environment_id`,
    [uploads, requestId, environmentId],
  );
  if (kept.rowCount !== uploads.length) {
    throw new AppError("conflict", "The uploaded archive was deleted. Upload it again.");
  }
}

/**
 * The content of an archive for an environment that uses it. Also called for ids that a template put together only
 * while it ran, so the project is checked here again.
 * @throws DriverError permanent when it does not exist or belongs to another project
 */
export async function readUpload(id: string, environmentId: string | undefined): Promise<Uint8Array> {
  const [row] = await query<{ content: Uint8Array }>(
    `SELECT u.content FROM upload u JOIN environment e ON e.id = $2
      WHERE u.id = $1 AND (u.project_id = e.project_id
        OR EXISTS (SELECT 1 FROM upload_use x WHERE x.upload_id = u.id AND x.environment_id = e.id))`,
    [id, environmentId ?? null],
  );
  if (!row) {
    throw new DriverError("permanent", "The uploaded archive doesn’t exist in this project.", {
      hint: "Upload it again and choose it in a new request.",
    });
  }
  await query(
    `INSERT INTO upload_use (upload_id, request_id, environment_id)
     SELECT $1::text, r.id, $2::text FROM request r WHERE r.environment_id = $2
        AND NOT EXISTS (SELECT 1 FROM upload_use x WHERE x.upload_id = $1 AND x.environment_id = $2)
      ORDER BY r.created_at DESC LIMIT 1 ON CONFLICT DO NOTHING`,
    [id, environmentId],
  );
  return row.content;
}
