import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { checkArchive, uploadLimits } from "@/lib/platform/archive";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, canSomewhere, requirePermission, requirePerson } from "@/lib/platform/auth";
import { withTransaction } from "@/lib/platform/db";
import { sha256Of } from "./files";
import { limits, type UploadDto } from "./schema";

/**
 * Keeps an archive (.tar.gz, .tar or .zip) that a request will name as a parameter. It is unpacked once to see
 * that it is whole, within bounds and stays inside its folder.
 * @throws AppError payload_too_large, unsupported_media_type, invalid_request, forbidden
 */
export async function createUpload(actor: Actor, name: string, content: Uint8Array): Promise<UploadDto> {
  // Whoever may request an environment anywhere may bring what goes into it.
  if (!canSomewhere(actor, "upload.create")) requirePermission(actor, "upload.create", { what: "Uploads" });
  const owner = requirePerson(actor);
  if (content.length > limits.uploadBytes) {
    throw new AppError("payload_too_large", "An upload may have at most 20 MiB.");
  }
  await checkArchive(content, uploadLimits);
  const upload = { id: newId("upload"), name, sizeBytes: content.length, sha256: sha256Of(content) };
  await withTransaction(async (tx) => {
    await tx.upload.create({
      data: { ...upload, ownerId: owner.userId, content: new Uint8Array(content) },
    });
    await recordAudit(tx, {
      actor,
      action: "upload.create",
      objectType: "upload",
      objectId: upload.id,
      detail: { name, sizeBytes: upload.sizeBytes, sha256: upload.sha256 },
    });
  });
  return upload;
}
