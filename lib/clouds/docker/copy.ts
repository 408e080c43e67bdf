import { randomBytes } from "node:crypto";
import { finished, PassThrough, type Readable } from "node:stream";
import { messageOf } from "@/lib/kernel/errors";
import { type ComponentRef, DriverError } from "../contract";
import type { CreateBody } from "./body";
import { createOrAdopt, removeContainer, startContainer, stopContainer } from "./container";
import type { DockerCloud } from "./engine";
import { ignoring } from "./infra";
import { tailOf } from "./logs";
import { containerName, labels, refLabels, volumeName } from "./names";
import { findOwn, type Inspected, inspectContainer, replicasOf } from "./own";
import { waitRunning } from "./ready";

const copyTimeoutMs = 60 * 60_000;
const helperMount = "/rostrum-data";

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
  const helper = volume ? await makeHelper(cloud, ref, first, volume, ["true"], signal) : null;
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

/** Replaces what lies in a volume or under a path by a tar. Containers are stopped before and started after. */
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
      `${path} of ${ref.component} is not a volume, so it cannot be replaced.`,
      {
        hint: `Name one of its volumes: ${volumesOf(first).join(", ") || "it has none"}.`,
      },
    );
  }
  for (const container of running) await stopContainer(cloud, container.name, signal);
  const script = `cd ${helperMount} && rm -rf -- ..?* .[!.]* *`;
  const helper = await makeHelper(cloud, ref, first, volume, ["/bin/sh", "-c", script], signal);
  try {
    await emptyVolume(cloud, helper, signal);
    await cloud.engine.call(
      `writing ${path} of ${ref.component}`,
      () =>
        cloud.engine.docker.getContainer(helper).putArchive(tar, { path: helperMount, abortSignal: signal }),
      { signal, timeoutMs: copyTimeoutMs },
    );
  } finally {
    await removeContainer(cloud, helper, AbortSignal.timeout(60_000));
  }
  // Left stopped on failure on purpose: half restored data must not be served.
  for (const container of running) {
    await startContainer(cloud, container.name, { signal, log: () => undefined });
    await waitRunning(cloud, container.name, signal);
  }
}

/** The engine's API cannot delete files, so the component's own image does it, in a container of its own. */
async function emptyVolume(cloud: DockerCloud, helper: string, signal: AbortSignal): Promise<void> {
  await startContainer(cloud, helper, { signal, log: () => undefined });
  const { engine } = cloud;
  const { StatusCode } = (await engine.call(
    `emptying a volume in ${helper}`,
    (abortSignal) => engine.docker.getContainer(helper).wait({ abortSignal }),
    { signal, timeoutMs: 10 * 60_000 },
  )) as { StatusCode: number };
  if (StatusCode === 0) return;
  const said = await tailOf(cloud, helper, 5);
  throw new DriverError(
    "permanent",
    `The volume could not be emptied (exit code ${StatusCode}): ${said.join(" ")}`,
    {
      hint: "The component's image needs a shell and rm for a restore.",
    },
  );
}

async function makeHelper(
  cloud: DockerCloud,
  ref: ComponentRef,
  like: Inspected,
  volume: string,
  command: string[],
  signal: AbortSignal,
): Promise<string> {
  const body: CreateBody = {
    name: `${containerName(ref)}-copy-${randomBytes(4).toString("hex")}`,
    Image: like.Image,
    Entrypoint: command,
    Cmd: [],
    User: "0",
    Healthcheck: { Test: ["NONE"] },
    Labels: { ...refLabels(cloud.host.cloudId, ref, "helper"), [labels.shape]: "helper" },
    HostConfig: {
      NetworkMode: "none",
      Mounts: [
        { Type: "volume", Source: volume, Target: helperMount, VolumeOptions: { NoCopy: true } as never },
      ],
    },
  };
  await createOrAdopt(cloud, body, { signal, log: () => undefined });
  return body.name;
}

async function locate(cloud: DockerCloud, ref: ComponentRef, path: string, signal: AbortSignal) {
  const own = await findOwn(cloud, ref, { signal });
  const replicas = [...replicasOf(own).values()];
  const first = replicas[0];
  if (!first) throw new DriverError("permanent", `${ref.component} has no container to copy from or to.`);
  const wanted = path.replace(/\/$/, "");
  const mount = first.Mounts.find(
    (entry) =>
      entry.Name === volumeName(ref, wanted) || (entry.Type === "volume" && entry.Destination === wanted),
  );
  if (!mount && !wanted.startsWith("/")) {
    throw new DriverError("permanent", `${ref.component} has no volume ${wanted}.`, {
      hint: `Its volumes: ${volumesOf(first).join(", ") || "none"}.`,
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
