import { AppError, messageOf } from "@/lib/kernel/errors";
import { addEntry, type Pack, stripCommonFolder, unpackArchive, uploadLimits } from "@/lib/platform/archive";
import { DriverError, type TemplateFile } from "../../contract";

/** What a Git source may hold. */
export const sourceLimits = { maxBytes: 1024 * 1024 * 1024 };

/** Files of an uploaded .tar.gz, .tar or .zip; a single folder around everything is taken off. */
export async function readUpload(content: Uint8Array): Promise<TemplateFile[]> {
  try {
    return stripCommonFolder(await unpackArchive(content, uploadLimits));
  } catch (error) {
    const busy = error instanceof AppError && error.code === "unavailable";
    throw new DriverError(busy ? "retryable" : "permanent", messageOf(error), {
      cause: error,
      hint: "Upload a .tar.gz, .tar or .zip file.",
    });
  }
}

/** Files as a tar. @throws DriverError (permanent) for a path that leaves the component's directory */
export async function packFiles(pack: Pack, files: readonly TemplateFile[]): Promise<void> {
  for (const file of files) {
    const name = pathParts(file).join("/");
    await addEntry(
      pack,
      { name, type: "file", mode: file.executable ? 0o755 : 0o644 },
      Buffer.from(file.content),
    );
  }
}

/** The folders files lie in, each once. */
export function foldersOf(files: readonly TemplateFile[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    const parts = pathParts(file);
    for (let count = 1; count < parts.length; count += 1) folders.add(parts.slice(0, count).join("/"));
  }
  return [...folders];
}

function pathParts(file: TemplateFile): string[] {
  const parts = file.path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..") || file.path.includes("\0")) {
    throw new DriverError("permanent", `${file.path} is not a path inside the template`);
  }
  return parts;
}
