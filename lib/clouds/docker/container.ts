import { setTimeout as sleep } from "node:timers/promises";
import { pack } from "tar-stream";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { stripCommonFolder, unpackArchive, uploadLimits } from "@/lib/platform/archive";
import type { ChangeContext, FileSource, Size, TemplateFile } from "../contract";
import { DriverError } from "../contract";
import { type CreateBody, limitsOf } from "./body";
import { requireContained } from "./contained";
import { creation, type DockerCloud } from "./engine";
import { ignoring, statusOf } from "./errors";
import { labels, previousName } from "./names";
import { type Inspected, inspectContainer } from "./own";

type Ctx = Pick<ChangeContext, "signal" | "log">;

const stopGraceMs = 10_000;
/** A container may take its own grace time to stop; the call must outlast it. */
const stopTimeoutMs = 5 * 60_000;

/** Creates a container, or adopts the one of that name when it has the wanted shape. Not started. */
export async function createOrAdopt(cloud: DockerCloud, body: CreateBody, ctx: Ctx): Promise<Inspected> {
  const { engine } = cloud;
  const doing = `creating the container ${body.name}`;
  requireContained(body.name, body.HostConfig, cloud.config);
  try {
    const { name, ...rest } = body;
    await engine.call(
      doing,
      (abortSignal) => engine.docker.createContainer(creation({ name }, rest, abortSignal)),
      { signal: ctx.signal, timeoutMs: 120_000 },
    );
    ctx.log(`Created the container ${body.name}`);
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  const found = await untilVisible(cloud, body.name, ctx);
  requireOurs(found, body.Labels[labels.environment]);
  if (found.labels[labels.shape] !== body.Labels[labels.shape]) {
    throw new DriverError("retryable", `The container ${body.name} changed while it was made.`);
  }
  return found;
}

/** A name is reserved a moment before its container can be seen: another worker is just making it. */
async function untilVisible(cloud: DockerCloud, name: string, ctx: Ctx): Promise<Inspected> {
  for (let attempt = 1; attempt <= 25; attempt += 1) {
    const found = await inspectContainer(cloud, name, { signal: ctx.signal });
    if (found) return found;
    await sleep(200);
  }
  throw new DriverError("retryable", `The container ${name} disappeared while it was made.`);
}

/** Throws when a name belongs to somebody else's container: that one is never touched. */
export function requireOurs(container: Inspected, environmentId: string | undefined): void {
  if (container.labels[labels.environment] === environmentId) return;
  const { name } = container;
  throw new DriverError("permanent", `The name ${name} is taken by a container that is not Rostrum's.`, {
    hint: `Rename or remove it on the engine's host: docker rename ${name} ${name}-old`,
  });
}

/** Starts a container; a running one is left alone (the engine answers 304). */
export async function startContainer(cloud: DockerCloud, name: string, ctx: Ctx): Promise<void> {
  const { engine } = cloud;
  await engine
    .call(
      `starting the container ${name}`,
      (abortSignal) => engine.docker.getContainer(name).start({ abortSignal }),
      { signal: ctx.signal, timeoutMs: 120_000 },
    )
    .catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
}

/** Stops a container with its own grace time (10 s by default); one that is stopped or gone is fine. */
export async function stopContainer(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const { engine } = cloud;
  const found = await inspectContainer(cloud, name, { signal });
  if (!found) return;
  // A frozen container cannot hear its stop signal.
  if (found.State.Paused) await ignoring([404, 409], () => engine.docker.getContainer(name).unpause());
  if (!found.State.Running) return;
  const own = found.Config.StopTimeout;
  await ignoring([304, 404], () =>
    engine.call(
      `stopping the container ${name}`,
      (abortSignal) => engine.docker.getContainer(name).stop({ t: own ?? stopGraceMs / 1000, abortSignal }),
      { signal, timeoutMs: stopTimeoutMs },
    ),
  );
}

/** Removes a container with its anonymous volumes; one that is gone, or going (409), is fine. */
export async function removeContainer(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const { engine } = cloud;
  await ignoring([404, 409], () =>
    engine.call(
      `removing the container ${name}`,
      (abortSignal) => engine.docker.getContainer(name).remove({ force: true, v: true, abortSignal }),
      { signal, timeoutMs: 120_000 },
    ),
  );
}

export async function renameContainer(
  cloud: DockerCloud,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = cloud;
  await engine.call(
    `renaming the container ${from}`,
    (abortSignal) => engine.docker.getContainer(from).rename({ name: to, abortSignal }),
    { signal },
  );
}

/** Sets a container aside, stopped, so that a failing successor can be undone. */
export async function retireContainer(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const previous = previousName(name);
  if (await inspectContainer(cloud, previous, { signal })) {
    // The predecessor waits already: what stands now is an attempt that never proved itself.
    await removeContainer(cloud, name, signal);
    return;
  }
  await stopContainer(cloud, name, signal);
  await renameContainer(cloud, name, previous, signal);
}

/** Changes the limits of CPU, memory and processes of a living container when they differ. */
export async function ensureLimits(
  cloud: DockerCloud,
  container: Inspected,
  size: Size,
  ctx: Ctx,
): Promise<void> {
  const wanted = { ...limitsOf(size), PidsLimit: cloud.config.pidsLimit };
  const { NanoCpus, Memory, PidsLimit } = container.HostConfig;
  const same = (wanted.NanoCpus ?? 0) === NanoCpus && (wanted.Memory ?? 0) === Memory;
  if (same && wanted.PidsLimit === PidsLimit) return;
  const { engine } = cloud;
  await engine.call(
    `changing the limits of ${container.name}`,
    (abortSignal) => engine.docker.getContainer(container.name).update({ ...wanted, abortSignal }),
    { signal: ctx.signal },
  );
  ctx.log(`Changed the limits of ${container.name} to ${size.cpu} CPU and ${size.memoryBytes} bytes`);
}

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
  const archive = pack();
  for (const file of files) {
    const content = Buffer.from(file.content);
    const header = { name: file.path.replace(/^\/+/, ""), mode: file.executable ? 0o755 : 0o644 };
    archive.entry(header, content);
  }
  archive.finalize();
  const { engine } = cloud;
  await engine.call(
    `copying files into ${name}`,
    (abortSignal) =>
      engine.docker
        .getContainer(name)
        .putArchive(archive as unknown as NodeJS.ReadableStream, { path: "/", abortSignal }),
    { signal, timeoutMs: 120_000 },
  );
}
