import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const manifestName = "manifest.json";
/** Grows when a copy can't be read by earlier versions any more. */
const format = 1;

const manifestSchema = z.object({
  format: z.literal(format),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
  /** SHA-256 in hex of every file, by its path within the copy. */
  files: z.record(z.string(), z.string()),
});
/** What a copy of an installation holds. */
export type Manifest = z.output<typeof manifestSchema>;
export const manifestFormat = format;

/** @throws Error that says that this is no copy, or one of another version */
export function readManifest(folder: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(folder, manifestName), "utf8");
  } catch (error) {
    throw new Error(`${folder} isn't a complete copy of Rostrum: ${manifestName} is missing.`, {
      cause: error,
    });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${join(folder, manifestName)} is damaged, or another version of Rostrum made it.`, {
      cause: error,
    });
  }
}

/** SHA-256 of a file, in hex. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** @throws Error that names the first file that is missing or was changed */
export async function verifyFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const [path, digest] of Object.entries(manifest.files)) {
    const found = await digestOfFile(join(folder, path)).catch(() => null);
    if (found === digest) continue;
    throw new Error(`The copy is damaged: ${path} ${found === null ? "is missing" : "was changed"}.`);
  }
}
