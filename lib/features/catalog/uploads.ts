import { findOpenProjectId } from "@/lib/features/projects";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { checkArchive, uploadLimits } from "@/lib/platform/archive";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, can, requirePermission, requirePerson } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { sha256Of } from "./files";
import { limits, type UploadDto } from "./schema";
import { insertUpload } from "./store-uploads";
import { requireRoom, takeRoom } from "./upload-room";

/**
 * Keeps an archive (.tar.gz, .tar or .zip) that a request of the project will name as a parameter. It is read once to
 * see that it is whole, within limits and stays inside its folder.
 * @param target the project by id or slug; may be left out by a user who may upload to exactly one
 * @throws AppError quota_exceeded, payload_too_large, unsupported_media_type, invalid_request, forbidden, not_found, validation_failed
 */
export async function createUpload(
  actor: Actor,
  target: { name: string; project?: string | undefined },
  content: Uint8Array,
): Promise<UploadDto> {
  const projectId = await findTarget(actor, target.project);
  requirePermission(actor, "upload.create", { projectId, what: "The project", objectType: "project" });
  const owner = requirePerson(actor);
  if (content.length > limits.uploadBytes) {
    throw new AppError("payload_too_large", "An upload can be at most 20 MiB.");
  }
  const room = { projectId, userId: owner.userId, sizeBytes: content.length };
  await requireRoom(actor, room);
  await checkArchive(content, uploadLimits, { mostWaiting: limits.waitingArchives });
  const { name } = target;
  const upload = {
    id: newId("upload"),
    projectId,
    name,
    sizeBytes: content.length,
    sha256: sha256Of(content),
  };
  await inTransaction(async (tx) => {
    await takeRoom(tx, room);
    await insertUpload(tx, { ...upload, ownerId: owner.userId, content });
    await recordAudit(tx, {
      actor,
      action: "upload.create",
      objectType: "upload",
      objectId: upload.id,
      projectId,
      detail: { name, sizeBytes: upload.sizeBytes, sha256: upload.sha256 },
    });
  });
  return upload;
}

async function findTarget(actor: Actor, project: string | undefined): Promise<string> {
  if (project === undefined) return onlyProject(actor);
  const projectId = await findOpenProjectId(project);
  if (projectId === null) throw notFound("The project");
  return projectId;
}

function onlyProject(actor: Actor): string {
  if (can(actor, "upload.create")) throw projectMissing();
  const own = [...actor.projects.keys()].filter((projectId) => can(actor, "upload.create", { projectId }));
  if (own.length === 0) requirePermission(actor, "upload.create", { what: "Uploads" });
  const [only] = own;
  if (only === undefined || own.length > 1) throw projectMissing();
  return only;
}

function projectMissing(): AppError {
  return new AppError("validation_failed", "Enter the project for the upload.", {
    problems: [{ path: "project", message: "is required" }],
  });
}
