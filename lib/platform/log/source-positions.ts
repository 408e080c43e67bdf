import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A stack with the places in our sources instead of those in the bundles, where a bundle has a source map beside it. Looked
 * up only when an error is logged: with Node's own flag each worker keeps the maps of all its files and packages, 10 MB.
 */
export function withSourcePositions(stack: string): string {
  return stack.replace(frame, (whole, file: string, line: string, column: string) => {
    const map = mapOf(file.startsWith("file:") ? fileURLToPath(file) : file);
    const entry = map?.sources.findEntry(Number(line) - 1, Number(column) - 1);
    if (!map || !entry || !("originalSource" in entry)) return whole;
    const source = resolve(map.folder, entry.originalSource);
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** A file of ours with line and column; packages come as they were published. */
const frame = /((?:file:\/\/)?\/(?:(?!node_modules\/)[^\s():]){1,300}\.m?js):(\d+):(\d+)/g;

interface BundleMap {
  sources: SourceMap;
  folder: string;
}

/** Maps that were read lately; the garbage collector takes them when it needs room. */
const known = new Map<string, WeakRef<BundleMap>>();

function mapOf(file: string): BundleMap | null {
  const kept = known.get(file)?.deref();
  if (kept) return kept;
  const path = `${file}.map`;
  if (!existsSync(path)) return null;
  try {
    const map = { sources: new SourceMap(JSON.parse(readFileSync(path, "utf8"))), folder: dirname(path) };
    known.set(file, new WeakRef(map));
    return map;
  } catch {
    // The error matters more than where in the sources it is.
    return null;
  }
}
