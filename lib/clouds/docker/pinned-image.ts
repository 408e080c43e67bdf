import type { ChangeContext, Problem } from "../contract";
import { DriverError } from "../contract";
import type { DockerCloud } from "./engine";
import { fullName, parseImage } from "./image-name";
import { requireImage } from "./image-policy";
import { ensureImage, type InspectedImage, inspectImage } from "./images";
import { labels } from "./names";
import type { Own } from "./own";

/** The content that a component's image name stood for when it was first used, and stands for ever since. */
export interface PinnedImage {
  /** As the manifest names it. */
  name: string;
  /** What the engine is given: the repository with a digest, or the id of an image that is in no registry. */
  reference: string;
}

const isId = (reference: string) => reference.startsWith("sha256:");

/** sha256:… of a pinned image. */
export function digestOfImage({ reference }: PinnedImage): string {
  return reference.slice(reference.indexOf("@") + 1);
}

/**
 * Turns an image's name into the one content that is used: the digest in it, the digest that this component used before
 * for the same name, or else what the name stands for now. The image is then on the engine.
 * @param own what exists of the component; what another name or nothing made does not count
 */
export async function pinImage(
  cloud: DockerCloud,
  image: string,
  own: Own,
  ctx: Pick<ChangeContext, "log" | "signal">,
): Promise<PinnedImage> {
  const name = requireImage(image);
  if (name.digest !== null) {
    const reference = fullName(name);
    await ensureImage(cloud, reference, ctx, image);
    return { name: image, reference };
  }
  const held = heldImage(own, image);
  if (held && !isId(held.reference)) {
    await ensureImage(cloud, held.reference, ctx, `${image} (${digestOfImage(held)})`);
    return held;
  }
  if (held && !cloud.config.requireDigest) {
    if (await inspectImage(cloud, held.reference, ctx.signal)) return held;
    ctx.log(
      `The pinned image of ${image} is no longer on the engine and has no registry digest. Resolving ${image} again`,
    );
  }
  const found = await ensureImage(cloud, fullName(name), ctx, image);
  const reference = registryDigest(found, name) ?? found.id;
  if (cloud.config.requireDigest && isId(reference))
    throw new DriverError("permanent", noDigest(image), noDigestHint);
  ctx.log(`${image} is ${reference.slice(reference.indexOf("sha256:"))}`);
  return { name: image, reference };
}

/** What of an image on the engine goes against the setting that asks for digests. One that is not there yet is pulled. */
export async function digestProblems(cloud: DockerCloud, image: string): Promise<Problem[]> {
  const name = parseImage(image);
  if (!cloud.config.requireDigest || !name || name.digest !== null) return [];
  const found = await inspectImage(cloud, fullName(name));
  if (!found || registryDigest(found, name)) return [];
  return [{ path: "image", message: noDigest(image) }];
}

function noDigest(image: string): string {
  return `this cloud requires a registry digest, and ${image} has none`;
}
const noDigestHint = { hint: "Push the image to a registry, or use an image pulled from one." };

/** The digest under which the image's own repository knows it. */
function registryDigest(image: InspectedImage, name: { domain: string; path: string }): string | null {
  return (
    image.repoDigests.find((text) => {
      const known = parseImage(text);
      return known?.digest && known.domain === name.domain && known.path === name.path;
    }) ?? null
  );
}

function heldImage(own: Own, image: string): PinnedImage | null {
  const known = own.containers
    .map((container) => ({
      name: container.labels[labels.image],
      reference: container.labels[labels.imageReference],
    }))
    .concat(own.record?.image ? [own.record.image] : []);
  const held = known.find((one) => one.name === image && one.reference);
  return held?.name && held.reference ? { name: held.name, reference: held.reference } : null;
}
