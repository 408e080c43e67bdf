import { AppError } from "@/lib/kernel/errors";
import { inThread, type ReadingBounds } from "./in-thread";
import { ArchiveBusyError, ArchiveError, type ArchiveLimits } from "./limits";
import { type ArchiveFile, archiveFormat } from "./read-archive";

/**
 * The files of a .tar.gz, .tar or .zip, in memory, within limits. Folders are implied by paths; links, devices,
 * set-id bits and paths that leave the archive are refused. Reads in a thread of its own.
 * @throws AppError unsupported_media_type, invalid_request (damaged, unsafe), payload_too_large, or unavailable while too many are read
 */
export async function unpackArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  bounds: ReadingBounds = {},
): Promise<ArchiveFile[]> {
  return await read(bytes, limits, true, bounds);
}

/** The same without holding the contents: whether the archive could be unpacked. @throws AppError as above */
export async function checkArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  bounds: ReadingBounds = {},
): Promise<void> {
  await read(bytes, limits, false, bounds);
}

async function read(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  keep: boolean,
  bounds: ReadingBounds,
): Promise<ArchiveFile[]> {
  if (!archiveFormat(bytes)) {
    throw new AppError("unsupported_media_type", "Use a .tar.gz, .tar or .zip archive.");
  }
  try {
    return await inThread(bytes, limits, keep, bounds);
  } catch (error) {
    if (error instanceof ArchiveBusyError) {
      const detail = { retryAfterSeconds: error.retryAfterSeconds };
      throw new AppError("unavailable", error.message, { cause: error, detail });
    }
    if (!(error instanceof ArchiveError)) throw error;
    throw new AppError(error.limit ? "payload_too_large" : "invalid_request", error.message, {
      cause: error,
    });
  }
}

/** Without the one folder that everything lies in, which is how most tools pack a project. */
export function stripCommonFolder(files: ArchiveFile[]): ArchiveFile[] {
  const top = files[0]?.path.split("/")[0];
  if (!top || !files.every((file) => file.path.startsWith(`${top}/`))) return files;
  return files.map((file) => ({ ...file, path: file.path.slice(top.length + 1) }));
}
