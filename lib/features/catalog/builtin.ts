import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import type { ArchiveFile } from "@/lib/platform/archive";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import {
  ensureTemplate,
  manifestFile,
  readContent,
  templateTexts,
  type VersionContent,
  writeFiles,
} from "./import";
import { describeTemplate, getOrigin } from "./store";
import { countUses, findVersionOf, insertVersion, purgeVersion } from "./store-version-writes";

export interface BuiltinSync {
  added: string[];
  replaced: string[];
  unchanged: string[];
  /** `name version` of what could not be taken, with the reason. */
  refused: { template: string; reason: string }[];
}

/**
 * Brings the catalog that ships with Rostrum into the database as published versions: what is new is added,
 * what was published is never changed. In development a version no one uses yet is replaced.
 * One broken template is reported and does not stop the others.
 */
export async function syncBuiltinTemplates(
  actor: Actor = systemActor("built-in catalog"),
  folder = builtinFolder(),
): Promise<BuiltinSync> {
  const result: BuiltinSync = { added: [], replaced: [], unchanged: [], refused: [] };
  for (const name of await templateFolders(folder)) {
    try {
      const outcome = await syncOne(actor, join(folder, name));
      result[outcome].push(name);
    } catch (error) {
      const reason = sentenceOf(error);
      result.refused.push({ template: name, reason });
      moduleLog("catalog").error({ template: name }, `built-in template ${name} was not imported: ${reason}`);
    }
  }
  return result;
}

/** The built catalog where there is one (programs bundled), else the sources. */
function builtinFolder(): string {
  const built = join(process.cwd(), "dist/templates");
  return existsSync(built) ? built : join(process.cwd(), "templates");
}

async function templateFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, manifestFile)))
    .map((entry) => entry.name)
    .sort();
}

async function syncOne(actor: Actor, folder: string): Promise<"added" | "replaced" | "unchanged"> {
  const source = await readFile(join(folder, manifestFile), "utf8");
  const content = readContent(source, await readFolder(folder));
  return await inTransaction(async (tx) => {
    const templateId = await ensureTemplate(tx, content.manifest, true);
    await refuseForeign(tx, templateId);
    const { version } = content.manifest.spec;
    const existing = await findVersionOf(tx, templateId, version);
    if (existing?.digest === content.digest) return "unchanged";
    if (existing) await makeRoom(tx, existing.id, version);
    const id = existing?.id ?? newId("templateVersion");
    await write(tx, templateId, id, content);
    await recordAudit(tx, {
      actor,
      action: "template.publish",
      objectType: "template_version",
      objectId: id,
      detail: { name: content.manifest.metadata.name, version, digest: content.digest, builtin: true },
    });
    return existing ? "replaced" : "added";
  });
}

async function refuseForeign(tx: Tx, templateId: string): Promise<void> {
  const template = await getOrigin(tx, templateId);
  if (!template.isBuiltin) {
    throw new AppError("conflict", `the organization already has its own template named ${template.name}`);
  }
}

/** A published version is what it is. Only while developing, and only while nothing was made of it, it gives way. */
async function makeRoom(tx: Tx, versionId: string, version: string): Promise<void> {
  const used = await countUses(tx, versionId);
  if (getConfig().production || used > 0) {
    throw new AppError(
      "conflict",
      `version ${version} is published with different content; increase spec.version in its ${manifestFile}`,
    );
  }
  await purgeVersion(tx, versionId);
}

async function write(tx: Tx, templateId: string, id: string, content: VersionContent): Promise<void> {
  const now = new Date();
  const { version } = content.manifest.spec;
  const published = { status: "published", submittedAt: now, publishedAt: now } as const;
  await insertVersion(tx, { id, templateId, version, ...published, content });
  await writeFiles(tx, id, content.files);
  await describeTemplate(tx, templateId, templateTexts(content.manifest));
}

/** Every file of a template's folder but hidden ones, dependencies and tests. */
async function readFolder(folder: string): Promise<ArchiveFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: ArchiveFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = relative(folder, full).split(sep).join("/");
    if (/(^|\/)(\.|node_modules\/)|\.test\.\w+$/.test(path)) continue;
    const { mode } = await stat(full);
    files.push({ path, content: await readFile(full), executable: (mode & 0o111) !== 0 });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const places = error.problems.map((problem) => `line ${problem.line ?? "?"}: ${problem.message}`);
  return [error.message, ...places].join(" ");
}
