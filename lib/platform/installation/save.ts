import { once } from "node:events";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { listApplied } from "../db/migration-table";
import { listTables } from "./catalog.sql";
import { copyOut } from "./copy";
import { digestOfFile, type Manifest, manifestFormat, manifestName } from "./manifest";
import { listSequences, quoted } from "./tables";

/** What of the data directory belongs to Rostrum itself; components and the database's files do not. */
export const savedFolders = ["backups", "audit"];
export const savedFiles = ["secret.key", "installation.id"];

export interface SaveOptions {
  url: string;
  dataDir: string;
  /** Where the copy goes: a folder that does not exist yet. */
  target: string;
  /** The keys in use, first the one that seals; also where they come from the environment. */
  keys: readonly Buffer[];
}

/**
 * Copies a living installation: the database as of one moment, the key, stored backups and the heads of the audit. The copy
 * appears whole or not at all, and only its owner may read it: it holds the key.
 * @throws Error when the target exists, or something could not be read or written; nothing is left then
 */
export async function saveInstallation(options: SaveOptions): Promise<Manifest> {
  const { target, dataDir, keys } = options;
  if (existsSync(target)) throw new Error(`${target} already exists. Specify a new folder.`);
  const draft = `${target}.partial-${process.pid}`;
  mkdirSync(join(draft, "database"), { recursive: true, mode: 0o700 });
  try {
    const database = await saveDatabase(options.url, join(draft, "database"));
    const text = keys.map((key) => `${key.toString("base64")}\n`).join("");
    mkdirSync(join(draft, "files"), { mode: 0o700 });
    writeFileSync(join(draft, "files", "secret.key"), text, { mode: 0o600 });
    if (existsSync(join(dataDir, "installation.id")))
      await copyPrivately(join(dataDir, "installation.id"), join(draft, "files", "installation.id"));
    for (const folder of savedFolders) await saveFolder(join(dataDir, folder), join(draft, "files", folder));
    const files: Record<string, string> = {};
    for (const path of listFiles(draft)) files[path] = await digestOfFile(join(draft, path));
    const manifest = {
      format: manifestFormat,
      createdAt: new Date().toISOString(),
      ...database,
      files,
    } as const;
    writeFileSync(join(draft, manifestName), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
    renameSync(draft, target);
    return manifest;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

async function saveDatabase(url: string, folder: string) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    // All tables as of one moment, whatever is written meanwhile.
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL statement_timeout = 0");
    const tables = await listTables(client);
    for (const table of tables) {
      const gzip = createGzip({ level: 3 });
      const file = createWriteStream(join(folder, `${table.name}.gz`), { mode: 0o600 });
      gzip.pipe(file);
      const failed = once(file, "error").then(([error]) => Promise.reject(error as Error));
      await Promise.race([copyOut(client, `COPY ${quoted(table)} TO STDOUT`, gzip), failed]);
      gzip.end();
      await Promise.race([finished(file), failed]);
    }
    const sequences = await listSequences(client);
    const migrations = (await listApplied(client)).map(({ name }) => name);
    return { migrations, tables, sequences };
  } finally {
    await client.end().catch(() => {});
  }
}

async function saveFolder(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  for (const path of listFiles(from)) {
    if (path.endsWith(".partial")) continue;
    await copyPrivately(join(from, path), join(to, path)).catch((error: unknown) => {
      // Retention deleted it at this moment; its row goes with it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    });
  }
}

async function copyPrivately(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
}

/** Paths of all files below a folder, relative to it. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
