import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { latestRelease } from "./parse";
import type { Release } from "./schema";

let known: Promise<Release | null> | undefined;

/** What changed with the version that runs; null where its changelog is not installed. Read once. */
export async function whatsNew(): Promise<Release | null> {
  known ??= readChangelog();
  return await known;
}

async function readChangelog(): Promise<Release | null> {
  try {
    return latestRelease(await readFile(join(process.cwd(), "CHANGELOG.md"), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    known = undefined;
    throw error;
  }
}
