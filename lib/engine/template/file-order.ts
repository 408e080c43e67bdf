import type { Manifest } from "./types";
import { readYaml } from "./yaml-source";

/**
 * A stored manifest with its keys in the order of the file it was read from: a JSON column keeps them in one of its own,
 * and the order of the file is the order of the form. What the file does not name (defaults) comes last. A file that cannot
 * be read leaves the manifest as it is.
 */
export function inFileOrder(manifest: Manifest, source: string): Manifest {
  const read = readYaml(source);
  return read.ok ? (ordered(manifest, read.source.value) as Manifest) : manifest;
}

function ordered(stored: unknown, written: unknown): unknown {
  if (stored === null || typeof stored !== "object") return stored;
  if (Array.isArray(stored)) {
    // A single page of parameters may be written without its list.
    const list: unknown[] = Array.isArray(written) ? written : [written];
    return stored.map((item, index) => ordered(item, list[index]));
  }
  if (written === null || typeof written !== "object") return stored;
  const keys = new Set([...Object.keys(written), ...Object.keys(stored)]);
  const values = new Map(Object.entries(stored));
  const wanted = new Map(Object.entries(written));
  return Object.fromEntries(
    [...keys].filter((key) => values.has(key)).map((key) => [key, ordered(values.get(key), wanted.get(key))]),
  );
}
