import { randomBytes } from "node:crypto";
import { messageOf } from "@/lib/kernel/errors";
import { type ComponentRef, DriverError } from "../contract";
import type { CreateBody } from "./body";
import { contained } from "./contained";
import { createOrAdopt, removeContainer, startContainer } from "./container";
import type { DockerCloud } from "./engine";
import { ensureImage } from "./images";
import { helperLimits, helperPidsLimit } from "./limits";
import { tailOf } from "./logs";
import { containerName, labels, refLabels } from "./names";
import type { Inspected } from "./own";

/** Where a helper container has the volume it works on. */
export const helperMount = "/rostrum-data";

const quiet = () => undefined;

/**
 * The image whose sh, rm and mv work as root on a component's volume: the administrator's balancer image, because the
 * component's own is whatever its template's author wants. Only a cloud that lets containers run as root falls back on
 * that where the other can't be had.
 */
export async function helperImage(cloud: DockerCloud, own: Inspected, signal: AbortSignal): Promise<string> {
  const { balancerImage, refuseRootUser } = cloud.config;
  try {
    await ensureImage(cloud, balancerImage, { log: quiet, signal });
    return balancerImage;
  } catch (error) {
    if (signal.aborted) throw error;
    if (refuseRootUser) {
      throw new DriverError("permanent", `Restores require the image ${balancerImage}: ${messageOf(error)}`, {
        hint: "Load the cloud's balancer image on the engine's host (docker load). This cloud refuses root in other images.",
        cause: error,
      });
    }
    cloud.host.log(
      "warn",
      `Restoring with the component's own image, without ${balancerImage}: ${messageOf(error)}`,
    );
    return own.Image;
  }
}

export interface Helper {
  image: string;
  volume: string;
  command: string[];
  /** Who it runs as; left out where it is never started. */
  user?: string;
}

/** A container that works on one volume of a component, without network and within limits of its own. Not started. */
export async function makeHelper(
  cloud: DockerCloud,
  ref: ComponentRef,
  { image, volume, command, user }: Helper,
  signal: AbortSignal,
): Promise<string> {
  const body: CreateBody = {
    name: `${containerName(ref)}-copy-${randomBytes(4).toString("hex")}`,
    Image: image,
    Entrypoint: command,
    Cmd: [],
    ...(user === undefined ? {} : { User: user }),
    Healthcheck: { Test: ["NONE"] },
    Labels: { ...refLabels(cloud.host.cloudId, ref, "helper"), [labels.shape]: "helper" },
    HostConfig: {
      ...contained(cloud.config, helperLimits, helperPidsLimit),
      // It moves files of whatever user, and of no one else.
      CapAdd: ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
      NetworkMode: "none",
      Mounts: [
        { Type: "volume", Source: volume, Target: helperMount, VolumeOptions: { NoCopy: true } as never },
      ],
    },
  };
  await createOrAdopt(cloud, body, { signal, log: quiet });
  return body.name;
}

/** The engine's API cannot delete or move files, so a shell does it in a container of its own. */
export async function runHelper(cloud: DockerCloud, helper: string, signal: AbortSignal): Promise<void> {
  await startContainer(cloud, helper, { signal, log: quiet });
  const { engine } = cloud;
  const { StatusCode } = (await engine.call(
    `waiting for ${helper}`,
    (abortSignal) => engine.docker.getContainer(helper).wait({ abortSignal }),
    { signal, timeoutMs: 10 * 60_000 },
  )) as { StatusCode: number };
  if (StatusCode === 0) return;
  const said = await tailOf(cloud, helper, 5);
  throw new DriverError(
    "permanent",
    `Couldn’t replace the data (exit code ${StatusCode}): ${said.join(" ")}`,
    { hint: "Restores require sh, rm and mv in the cloud’s balancer image." },
  );
}

export function dropHelper(cloud: DockerCloud, helper: string): Promise<void> {
  return removeContainer(cloud, helper, AbortSignal.timeout(60_000));
}
