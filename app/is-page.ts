import { pagePaths } from "./page-paths";

type Segments = readonly string[];

const paths: readonly Segments[] = pagePaths.map(segmentsOf);

function segmentsOf(path: string): Segments {
  return path.split("/").filter(Boolean);
}

/**
 * Whether a URL's path is that of a page, whatever its parameters name. Next knows too, but only draws its page for other
 * URLs; to choose the status and the frame, the proxy has to know before.
 */
export function isPage(pathname: string): boolean {
  const asked = segmentsOf(pathname);
  return paths.some((path) => covers(path, asked));
}

function covers(path: Segments, asked: Segments): boolean {
  const rest = path.at(-1)?.startsWith("[...") === true;
  if (rest ? asked.length < path.length : asked.length !== path.length) return false;
  return path.every((segment, index) => segment.startsWith("[") || segment === asked[index]);
}
