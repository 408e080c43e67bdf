import { DriverError } from "@/lib/clouds/contract";
import { AppError } from "@/lib/kernel/errors";
import { isIdOf } from "@/lib/kernel/ids";
import { type Actor, refused } from "@/lib/platform/auth";
import type { Tx } from "@/lib/platform/db";
import { findUploadContent, insertLateUse, insertUses, listUsableUploads } from "./store-uploads";

/** An upload that a parameter names. */
interface NamedUpload {
  id: string;
  parameter: string;
}

/**
 * The uploads that parameters name, after it is certain that the environment may use them: an upload belongs to a
 * project, and its uploader must still be allowed to upload there. Any member of the project who may request
 * environments may use it. What the environment uses already it may continue using.
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
  const usable = new Set(await listUsableUploads(ids, target));
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

/**
 * Keeps in mind that a request's plan names uploads, in the transaction that stores the plan.
 * @throws AppError conflict when one was removed in between
 */
export async function recordUploadUse(
  tx: Tx,
  {
    requestId,
    environmentId,
    uploads,
  }: { requestId: string; environmentId: string; uploads: readonly string[] },
): Promise<void> {
  if (uploads.length === 0) return;
  const kept = await insertUses(tx, { requestId, environmentId }, uploads);
  if (kept !== uploads.length) {
    throw new AppError("conflict", "The uploaded archive was deleted. Upload it again.");
  }
}

/**
 * The content of an archive for an environment that uses it. Also called for ids that a template put together only
 * while it ran, so the project is checked here again.
 * @throws DriverError permanent when it does not exist or belongs to another project
 */
export async function readUpload(id: string, environmentId: string | undefined): Promise<Uint8Array> {
  const content = environmentId === undefined ? null : await findUploadContent(id, environmentId);
  if (content === null || environmentId === undefined) {
    throw new DriverError("permanent", "The uploaded archive doesn’t exist in this project.", {
      hint: "Upload it again and choose it in a new request.",
    });
  }
  await insertLateUse(id, environmentId);
  return content;
}
