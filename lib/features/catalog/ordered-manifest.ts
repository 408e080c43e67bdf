import { inFileOrder } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";

/** By the digest of the version, which covers its file. */
const known = new Map<string, Manifest>();
const maxKnown = 200;

/** A stored manifest in the order of its file. Reading the file costs milliseconds, so the answer is kept: it must not be changed. */
export function orderedManifest(digest: string, manifest: Manifest, source: string): Manifest {
  const kept = known.get(digest);
  if (kept) return kept;
  const made = inFileOrder(manifest, source);
  known.set(digest, made);
  if (known.size > maxKnown) known.delete(known.keys().next().value ?? "");
  return made;
}
