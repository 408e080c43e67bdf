/** An image's name in full, as the engine understands it: nothing is left to defaults. */
export interface ImageName {
  /** Registry, with its port where one is named: docker.io, registry.example.com:5000. */
  domain: string;
  /** Repository inside the registry: library/postgres. */
  path: string;
  tag: string | null;
  /** sha256:… ; where there is one, the tag says nothing. */
  digest: string | null;
}

const domainPattern =
  /^(?:(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])(?:\.(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]))*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/;
const pathPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads an image's name as Docker does: docker.io and library/ filled in, the registry in lower case. Null for what is
 * none. The id of an image is none either: it would be whatever the engine holds, of any maker.
 */
export function parseImage(text: string): ImageName | null {
  const { name, tag, digest } = splitVersion(text);
  if (/^(?:[0-9a-f]{64}|sha256)$/i.test(name)) return null;
  const { domain, path } = splitDomain(name);
  const whole = { domain: domain.toLowerCase(), path };
  if (!domainPattern.test(whole.domain) || !pathPattern.test(path) || path.length > 255) return null;
  if (tag !== null && !tagPattern.test(tag)) return null;
  if (digest !== null && !digestPattern.test(digest)) return null;
  return { ...whole, tag: tag ?? (digest === null ? "latest" : null), digest };
}

/** The name that means the same to every engine. A digest goes before a tag, which the engine would not look at. */
export function fullName({ domain, path, tag, digest }: ImageName): string {
  return digest === null ? `${domain}/${path}:${tag ?? "latest"}` : `${domain}/${path}@${digest}`;
}

/** What is wrong with a pattern of image names; null when nothing is. */
export function patternProblem(pattern: string): string | null {
  if (/[^\w.*/:@[\]-]/.test(pattern)) return "use only letters, digits and . _ - * / : @";
  const { name, tag, digest } = splitVersion(pattern);
  const { domain, path } = splitDomain(name);
  if (path === "") return "expected a name such as postgres:* or registry.example.com/team/*";
  if (name !== name.toLowerCase()) return "use lowercase letters in the image name";
  if (domain === "" || (tag !== null && tag === ""))
    return "enter a name before the colon and a tag after it";
  if (digest !== null && !/^(?:\*|sha256:[0-9a-f]{64})$/.test(digest)) return "enter the full digest, or *";
  return null;
}

/**
 * Does a pattern cover an image? `*` stands for anything within one part of the name, `**` for further parts too. Names
 * are read as Docker reads them, so `*` is any image of docker.io/library; `**` alone is any image of any registry. A
 * pattern without a version, or with `:*`, covers every tag and digest; one with a tag covers that tag alone, and no
 * digest, because a digest may be any content of the repository.
 */
export function matchesImage(pattern: string, image: ImageName): boolean {
  const wanted = splitVersion(pattern);
  if (!versionMatches(wanted, image)) return false;
  if (wanted.name === "**") return true;
  const { domain, path } = splitDomain(wanted.name);
  // Apart, so that no wildcard of the registry reaches into the path.
  return globOf(domain, "[^/]*").test(image.domain) && globOf(path, ".*").test(image.path);
}

function versionMatches(wanted: { tag: string | null; digest: string | null }, image: ImageName): boolean {
  if (wanted.digest !== null) return image.digest !== null && ["*", image.digest].includes(wanted.digest);
  if (wanted.tag === null || wanted.tag === "*") return true;
  return image.digest === null && globOf(wanted.tag, ".*").test(image.tag ?? "latest");
}

function globOf(pattern: string, several: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part.startsWith("**")) return several;
    return part === "*" ? "[^/]*" : part.replaceAll(/[.[\]\\^$+?(){}|]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}

function splitVersion(text: string): { name: string; tag: string | null; digest: string | null } {
  const at = text.indexOf("@");
  const digest = at < 0 ? null : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  if (colon < 0) return { name: named, tag: null, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

/** The first part is a registry when it looks like a host; else the name belongs to docker.io. */
function splitDomain(name: string): { domain: string; path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = slash >= 0 && (/[.:[]/.test(first) || first === "localhost");
  const domain = isHost ? first : "docker.io";
  const path = isHost ? name.slice(slash + 1) : name;
  const hub = ["docker.io", "index.docker.io"].includes(domain.toLowerCase());
  if (!hub) return { domain, path };
  // A pattern such as docker.io/** means all of Docker Hub.
  const whole = path.includes("/") || path === "" || path.startsWith("**");
  return { domain: "docker.io", path: whole ? path : `library/${path}` };
}
