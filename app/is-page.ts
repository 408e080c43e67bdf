import { pagePaths } from "./page-paths";

type Segments = readonly string[];

const paths: readonly Segments[] = pagePaths.map(segmentsOf);

function segmentsOf(path: string): Segments {
  return path.split("/").filter(Boolean);
}

/**
 * A path as it is usually written: with letters, digits, "-", ".", "_" and "~" as they are, which mean the same encoded (RFC
 * 3986, 6.2.2.2). What is encoded for a reason stays encoded, a slash above all. A path with a "%" that begins no encoding
 * stays as it is.
 */
export function plainPath(pathname: string): string {
  if (/%(?![0-9a-f]{2})/i.test(pathname)) return pathname;
  return pathname.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => {
    const sign = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(sign) ? sign : encoded;
  });
}

/**
 * Whether a URL's path is that of a page, whatever its parameters name. Next knows too, but only draws its page for other
 * URLs; to choose the status and the frame, the proxy has to know before.
 */
export function isPage(pathname: string): boolean {
  const asked = segmentsOf(plainPath(pathname));
  return paths.some((path) => covers(path, asked));
}

function covers(path: Segments, asked: Segments): boolean {
  const rest = path.at(-1)?.startsWith("[...") === true;
  if (rest ? asked.length < path.length : asked.length !== path.length) return false;
  return path.every((segment, index) => segment.startsWith("[") || segment === asked[index]);
}
