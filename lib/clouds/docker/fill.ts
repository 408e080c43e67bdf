import { AppError, messageOf } from "@/lib/kernel/errors";
import { addEntry, stripCommonFolder, tarStream, unpackArchive, uploadLimits } from "@/lib/platform/archive";
import { DriverError, type FileSource, type TemplateFile } from "../contract";
import type { DockerCloud } from "./engine";

/**
 * Copies files of the template version into a container that has not started yet.
 * `files` is container path → file or folder of the version.
 */
export async function copyFiles(
  cloud: DockerCloud,
  name: string,
  files: Record<string, string>,
  source: FileSource,
  signal: AbortSignal,
): Promise<void> {
  for (const [target, path] of Object.entries(files)) {
    const found = await source.list(path);
    if (found.length === 0) {
      throw new DriverError("permanent", `The template version has no file or folder ${path}.`);
    }
    await putFiles(
      cloud,
      name,
      found.map((file) => ({ ...file, path: targetPath(target, path, file, found.length) })),
      signal,
    );
  }
}

function targetPath(target: string, path: string, file: TemplateFile, count: number): string {
  const base = path.split("/").at(-1);
  const single = count === 1 && (file.path === "" || file.path === path || file.path === base);
  return single ? target : `${target.replace(/\/$/, "")}/${file.path}`;
}

/** Unpacks uploaded archives into a container that has not started yet; a single folder around everything is taken off. */
export async function copyUploads(
  cloud: DockerCloud,
  name: string,
  uploads: Record<string, string | null>,
  source: FileSource,
  signal: AbortSignal,
): Promise<void> {
  for (const [target, id] of Object.entries(uploads)) {
    if (!id) continue;
    const files = stripCommonFolder(await unpackUpload(await source.upload(id)));
    const folder = target.replace(/\/$/, "");
    await putFiles(
      cloud,
      name,
      files.map((file) => ({ ...file, path: `${folder}/${file.path}` })),
      signal,
    );
  }
}

async function unpackUpload(content: Uint8Array) {
  try {
    return await unpackArchive(content, uploadLimits);
  } catch (error) {
    const busy = error instanceof AppError && error.code === "unavailable";
    throw new DriverError(busy ? "retryable" : "permanent", messageOf(error), {
      cause: error,
      hint: "Upload a .tar.gz, .tar or .zip file.",
    });
  }
}

/** Writes files at absolute paths of a container, owned by root and readable by everybody. */
export async function putFiles(
  cloud: DockerCloud,
  name: string,
  files: TemplateFile[],
  signal: AbortSignal,
): Promise<void> {
  const archive = tarStream(async (pack) => {
    for (const file of files) {
      const header = { name: file.path.replace(/^\/+/, ""), mode: file.executable ? 0o755 : 0o644 };
      await addEntry(pack, header, Buffer.from(file.content));
    }
  });
  const { engine } = cloud;
  await engine.call(
    `copying files into ${name}`,
    (abortSignal) => engine.docker.getContainer(name).putArchive(archive, { path: "/", abortSignal }),
    { signal, timeoutMs: 120_000 },
  );
}
