import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { notFound } from "@/lib/kernel/errors";
import { guides } from "./schema";

const known = new Map<string, Promise<string>>();

/** Whether there is a guide of this name. */
export function isGuide(name: string): boolean {
  return guides.some((guide) => guide.name === name);
}

/**
 * A guide of the repository's `docs/guides`, as Markdown without its title. Read once.
 * @throws AppError not_found for a name that no guide has, or when the guides aren't installed with this version
 */
export async function getGuide(name: string): Promise<string> {
  if (!isGuide(name)) throw notFound("The guide");
  const reading = known.get(name) ?? readGuide(name);
  known.set(name, reading);
  try {
    return await reading;
  } catch (error) {
    known.delete(name);
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw notFound("The guide");
    throw error;
  }
}

async function readGuide(name: string): Promise<string> {
  const text = await readFile(join(process.cwd(), "docs/guides", `${name}.md`), "utf8");
  return text.replace(/^# .*\n+/, "");
}
