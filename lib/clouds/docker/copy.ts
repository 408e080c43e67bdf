import { randomBytes } from "node:crypto";
import { finished, PassThrough, type Readable } from "node:stream";
import { messageOf } from "@/lib/kernel/errors";
import { createPack } from "@/lib/platform/archive";
import { type ComponentRef, DriverError } from "../contract";
import { removeContainer, startContainer, stopContainer } from "./container";
import type { DockerCloud } from "./engine";
import { ignoring } from "./errors";
import { dropHelper, helperImage, helperMount, makeHelper, runHelper } from "./helper";
import { moveEntries } from "./move-tar";
import { findOwn, type Inspected, inspectContainer, replicasOf } from "./own";
import { waitRunning } from "./ready";
import { requireStartable } from "./startable";
import { componentVolumes } from "./volumes";

const copyTimeoutMs = 60 * 60_000;

/**
 * A tar of what lies in a volume or under a path, its names relative to it. The component's containers are
 * frozen while it is read, so the files are those of one instant, as after a power cut.
 */
export async function copyOut(
  cloud: DockerCloud,
  ref: ComponentRef,
  path: string,
  signal: AbortSignal,
): Promise<Readable> {
  const { first, running, volume } = await locate(cloud, ref, path, signal);
  // The engine locks a container that it reads from; a helper keeps the component observable meanwhile.
  // It is never started, so nothing of the image runs.
  const helper = volume
    ? await makeHelper(cloud, ref, { image: first.Image, volume, command: ["true"] }, signal)
    : null;
  const frozen: string[] = [];
  const release = async () => {
    for (const name of frozen) await ignoring([404, 409], () => unpause(cloud, name));
    if (helper) await removeContainer(cloud, helper, AbortSignal.timeout(60_000));
  };
  try {
    for (const container of volume ? running : []) {
      await pause(cloud, container.name, signal);
      frozen.push(container.name);
    }
    const source = await cloud.engine.call(
      `reading ${path} of ${ref.component}`,
      () =>
        cloud.engine.docker
          .getContainer(helper ?? first.name)
          .getArchive({ path: `${helper ? helperMount : path}/.`, abortSignal: signal } as { path: string }),
      { signal },
    );
    const out = new PassThrough();
    (source as Readable).on("error", (error) => out.destroy(error));
    source.pipe(out);
    finished(out, () => {
      (source as Readable).destroy();
      release().catch((error: unknown) =>
        cloud.host.log("warn", `After copying ${path} of ${ref.component}: ${messageOf(error)}`),
      );
    });
    return out;
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Replaces what lies in a volume by a tar. The tar is first unpacked beside the data, so a damaged one changes
 * nothing; then the containers are stopped, the data is exchanged, and they are started again.
 */
export async function copyIn(
  cloud: DockerCloud,
  ref: ComponentRef,
  path: string,
  tar: Readable,
  signal: AbortSignal,
): Promise<void> {
  const { first, running, volume } = await locate(cloud, ref, path, signal);
  if (!volume) {
    throw new DriverError(
      "permanent",
      `${path} of ${ref.component} is not a volume, so it can’t be replaced.`,
      {
        hint: `Use one of the component’s volumes: ${volumesOf(first).join(", ") || "none"}.`,
      },
    );
  }
  const stage = `.rostrum-restore-${randomBytes(4).toString("hex")}`;
  // What may not be started again is not stopped for a restore.
  for (const container of running) await requireStartable(cloud, container);
  const image = await helperImage(cloud, first, signal);
  const helper = (script: string) =>
    makeHelper(cloud, ref, { image, volume, command: ["/bin/sh", "-c", script], user: "0" }, signal);
  const exchanger = await helper(exchangeScript(stage));
  try {
    try {
      await unpack(cloud, exchanger, stage, tar, path, signal);
    } catch (error) {
      const cleaner = await helper(`rm -rf -- ${helperMount}/${stage}`);
      await runHelper(cloud, cleaner, signal).finally(() => dropHelper(cloud, cleaner));
      throw error;
    }
    for (const container of running) await stopContainer(cloud, container.name, signal);
    // When this fails they stay stopped on purpose: half exchanged data must not be served.
    await runHelper(cloud, exchanger, signal);
  } finally {
    await dropHelper(cloud, exchanger);
  }
  for (const container of running) {
    await startContainer(cloud, container.name, { signal, log: () => undefined });
    await waitRunning(cloud, container.name, signal);
  }
}

/** Moves are renames within one volume, so the exchange takes a moment however large the data is. */
function exchangeScript(stage: string): string {
  return `cd ${helperMount} && [ -d ${stage} ] || exit 9
for f in ..?* .[!.]* *; do
  [ -e "$f" ] || [ -L "$f" ] || continue
  [ "$f" = ${stage} ] || rm -rf -- "$f" || exit 1
done
for f in ${stage}/..?* ${stage}/.[!.]* ${stage}/*; do
  [ -e "$f" ] || [ -L "$f" ] || continue
  mv -- "$f" . || exit 1
done
rmdir ${stage}`;
}

async function unpack(
  cloud: DockerCloud,
  helper: string,
  stage: string,
  tar: Readable,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = cloud;
  const moved = createPack();
  const sending = engine.call(
    `writing ${path} into ${helper}`,
    (abortSignal) =>
      engine.docker
        .getContainer(helper)
        .putArchive(moved as unknown as NodeJS.ReadableStream, { path: helperMount, abortSignal }),
    { signal, timeoutMs: copyTimeoutMs },
  );
  const moving = moveEntries(tar, moved, stage).catch((error: unknown) => {
    const failure = new DriverError("permanent", `The copy for ${path} is damaged: ${messageOf(error)}`, {
      hint: "Nothing was changed. Restore from another backup.",
      cause: error,
    });
    moved.destroy(failure);
    throw failure;
  });
  const [moveResult, sendResult] = await Promise.allSettled([moving, sending]);
  // A damaged tar also breaks the sending; it is the reason worth telling.
  if (moveResult.status === "rejected") throw moveResult.reason;
  if (sendResult.status === "rejected") throw sendResult.reason;
}

async function locate(cloud: DockerCloud, ref: ComponentRef, path: string, signal: AbortSignal) {
  const own = await findOwn(cloud, ref, { signal });
  const replicas = [...replicasOf(own).values()];
  const first = replicas[0];
  if (!first) throw new DriverError("permanent", `${ref.component} has no container to copy from or to.`);
  const wanted = path.replace(/\/$/, "");
  const named = (await componentVolumes(cloud, ref, signal)).get(wanted);
  const mount = first.Mounts.find(
    (entry) => entry.Type === "volume" && (entry.Name === named || entry.Destination === wanted),
  );
  if (!mount && !wanted.startsWith("/")) {
    throw new DriverError("permanent", `${ref.component} has no volume ${wanted}.`, {
      hint: `Available volumes: ${volumesOf(first).join(", ") || "none"}.`,
    });
  }
  const running = replicas.filter((container) => container.State.Running);
  return { first, running, volume: mount?.Name ?? null };
}

function volumesOf(container: Inspected): string[] {
  return container.Mounts.filter((mount) => mount.Type === "volume").map((mount) => mount.Destination);
}

async function pause(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const found = await inspectContainer(cloud, name, { signal });
  if (found?.State.Paused) return;
  const { engine } = cloud;
  await engine.call(
    `pausing ${name}`,
    (abortSignal) => engine.docker.getContainer(name).pause({ abortSignal }),
    { signal },
  );
}

async function unpause(cloud: DockerCloud, name: string): Promise<void> {
  const { engine } = cloud;
  await engine.call(`resuming ${name}`, (abortSignal) =>
    engine.docker.getContainer(name).unpause({ abortSignal }),
  );
}
