import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { readMembers } from "@/lib/platform/archive";
import { type ChangeContext, type ComponentRef, DriverError } from "../contract";
import { contained } from "./contained";
import { createOrAdopt, removeContainer } from "./container";
import type { DockerCloud } from "./engine";
import { statusOf } from "./errors";
import { inspectImage } from "./images";
import { helperLimits, helperPidsLimit } from "./limits";
import { containerName, labels, refLabels } from "./names";
import type { PinnedImage } from "./pinned-image";
import { isNumberedUser, isRootUser } from "./users";

/**
 * Who a container runs as. Usually what the component says or the image is left alone; where the administrator refuses
 * root, a name is looked up in the image itself and becomes its number, because an image may call user 0 by any name.
 * @throws DriverError permanent when that is user 0, or no one of the image
 */
export async function containerUser(
  cloud: DockerCloud,
  ref: ComponentRef,
  image: PinnedImage,
  wanted: string | undefined,
  ctx: ChangeContext,
): Promise<string | undefined> {
  if (!cloud.config.refuseRootUser) return wanted;
  const user = wanted ?? (await inspectImage(cloud, image.reference, ctx.signal))?.user ?? "";
  if (isRootUser(user)) throw rootRefused(image, user);
  if (isNumberedUser(user)) return user;
  const [name = "", group] = user.split(":");
  const files = await accountFiles(cloud, ref, image, ctx);
  const account = lines(files.passwd).find((fields) => fields[0] === name || fields[2] === name);
  const uid = /^\d+$/.test(name) ? name : account?.[2];
  const gid = group === undefined ? account?.[3] : groupId(files.group, group);
  if (!uid || !/^\d+$/.test(uid) || (group !== undefined && gid === undefined)) {
    throw new DriverError("permanent", `User ${user} doesn't exist in image ${image.name}.`, {
      hint: "This cloud refuses root. Use a user of the image, or a user ID.",
    });
  }
  if (Number(uid) === 0) throw rootRefused(image, user);
  return gid === undefined ? uid : `${uid}:${gid}`;
}

function rootRefused(image: PinnedImage, user: string): DriverError {
  const who = user === "" ? "root, its default user" : user;
  return new DriverError("permanent", `Image ${image.name} runs as ${who}, and this cloud refuses root.`, {
    hint: "Set user in the template's container block, or use an image with a user of its own.",
  });
}

function groupId(groups: string, group: string): string | undefined {
  if (/^\d+$/.test(group)) return group;
  return lines(groups).find((fields) => fields[0] === group)?.[2];
}

function lines(content: string): string[][] {
  return content.split("\n").map((line) => line.split(":"));
}

/** /etc/passwd and /etc/group of an image, read from a container that is never started. */
async function accountFiles(
  cloud: DockerCloud,
  ref: ComponentRef,
  image: PinnedImage,
  ctx: ChangeContext,
): Promise<{ passwd: string; group: string }> {
  const name = `${containerName(ref)}-user-${randomBytes(4).toString("hex")}`;
  await createOrAdopt(
    cloud,
    {
      name,
      Image: image.reference,
      Entrypoint: ["true"],
      Cmd: [],
      Labels: { ...refLabels(cloud.host.cloudId, ref, "helper"), [labels.shape]: "helper" },
      HostConfig: { ...contained(cloud.config, helperLimits, helperPidsLimit), NetworkMode: "none" },
    },
    { signal: ctx.signal, log: () => undefined },
  );
  try {
    return {
      passwd: await fileOf(cloud, name, "/etc/passwd", ctx.signal),
      group: await fileOf(cloud, name, "/etc/group", ctx.signal),
    };
  } finally {
    await removeContainer(cloud, name, AbortSignal.timeout(60_000));
  }
}

const maxFileBytes = 1024 * 1024;

async function fileOf(
  cloud: DockerCloud,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const { engine } = cloud;
  try {
    return await engine.call(
      `reading ${path} of ${container}`,
      async (abortSignal) => {
        const archive = await engine.docker
          .getContainer(container)
          .getArchive({ path, abortSignal } as { path: string });
        let content = "";
        await readMembers(Readable.from(archive, { objectMode: false }), async (member) => {
          // A link, or more than any list of accounts holds, names no user.
          if (member.header.type === "file" && (member.header.size ?? 0) <= maxFileBytes) {
            content = await text(member);
          } else member.resume();
        });
        return content;
      },
      { signal },
    );
  } catch (error) {
    if (statusOf(error) === 404) return "";
    throw error;
  }
}
