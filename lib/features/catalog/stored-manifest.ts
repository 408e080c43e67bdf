import { manifestSchema, parseManifest } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";
import { readDocuments, readOr } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";

/** By the digest of the version, which covers its file. */
const known = new Map<string, Manifest>();
const maxKnown = 200;

/**
 * The manifest that a version stores, read by its schema. What is stored was made of the version's file: where it is
 * damaged, the file is read once more. Reading costs milliseconds, so the answer is kept: it must not be changed.
 * @throws AppError conflict when the file can't be read either
 */
export function readManifest(digest: string, stored: unknown, source: string): Manifest {
  const kept = known.get(digest);
  if (kept) return kept;
  const made = readOr(manifestSchema.nullable(), stored, null, () => {
    moduleLog("catalog").warn({ digest }, "the stored manifest of a template version can't be read");
  });
  const manifest = made ?? fromFile(stored, source);
  known.set(digest, manifest);
  if (known.size > maxKnown) known.delete(known.keys().next().value ?? "");
  return manifest;
}

function fromFile(stored: unknown, source: string): Manifest {
  const parsed = parseManifest(source);
  return parsed.ok ? parsed.manifest : readDocuments(manifestSchema, stored, "The stored manifest");
}
