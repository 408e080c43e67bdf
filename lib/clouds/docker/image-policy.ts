import { DriverError, type Problem } from "../contract";
import type { DockerConfig } from "./config";
import { fullName, type ImageName, matchesImage, parseImage } from "./image-name";

/** What an administrator's settings say against an image's name. Whether it has a digest, only the engine can tell. */
export function imageProblems(image: string, config: Pick<DockerConfig, "allowedImages">): Problem[] {
  const name = parseImage(image);
  if (!name) {
    const message = `"${image}" is not an image name, such as postgres:17 or registry.example.com/team/app:1.2`;
    return [{ path: "image", message }];
  }
  const patterns = config.allowedImages;
  if (patterns.length === 0 || patterns.some((pattern) => matchesImage(pattern, name))) return [];
  return [
    {
      path: "image",
      message: `image ${fullName(name)} isn't allowed on this cloud; allowed: ${patterns.join(", ")}`,
    },
  ];
}

/**
 * An image's name in full, for calls that cannot continue without one.
 * @throws DriverError permanent
 */
export function requireImage(image: string): ImageName {
  const name = parseImage(image);
  if (name) return name;
  throw new DriverError("permanent", `"${image}" is not an image name.`, {
    hint: "Use registry/path:tag or a digest. Image IDs aren’t supported.",
  });
}
