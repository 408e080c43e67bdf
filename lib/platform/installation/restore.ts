import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import pg from "pg";
import { loadDatabase } from "./load-database";
import { readManifest, verifyFiles } from "./manifest";
import { savedFiles, savedFolders } from "./save";
import { cutConnections, findFilledTable } from "./tables";

export interface RestoreOptions {
  /** The folder of the copy. */
  copy: string;
  dataDir: string;
  /** Of the role that owns the tables. */
  ownerUrl: string;
  /** Of Rostrum's own server, which can make a database beside the present one; otherwise the present one has to be empty. */
  embedded: boolean;
  /** The folder of migrations. */
  migrations: string;
  /** Replace an installation that is there; what it was is kept aside. */
  force: boolean;
}

const markName = "restore.unfinished";

/** The copy whose restore was broken off between its steps; undefined when none was. */
export function unfinishedRestore(dataDir: string): string | undefined {
  const file = join(dataDir, markName);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/**
 * Brings a copy back. Everything is checked and prepared beside what is there, and switched at the end; a restore that is
 * broken off is named by the next start and simply repeated. Answers where the files of before were put.
 * @throws Error with one sentence that says what to do; before the switch, nothing has changed then
 */
export async function restoreInstallation(options: RestoreOptions): Promise<{ keptIn: string | null }> {
  const { copy, dataDir, force } = options;
  const manifest = readManifest(copy);
  await verifyFiles(copy, manifest);
  const present = [...savedFolders, ...savedFiles].filter((name) => existsSync(join(dataDir, name)));
  const unfinished = unfinishedRestore(dataDir) !== undefined;
  const filled = await isFilled(options.ownerUrl);
  if (filled && !force && !unfinished)
    throw new Error(
      "An installation already exists. Add --force to replace it. Its database and files are kept.",
    );
  if (filled && !options.embedded)
    throw new Error("The database in DATABASE_URL is not empty. Set DATABASE_URL to an empty database.");
  const side = join(dataDir, "restore.files");
  rmSync(side, { recursive: true, force: true });
  mkdirSync(side, { recursive: true, mode: 0o700 });
  cpSync(join(copy, "files"), side, { recursive: true });
  const loaded = options.embedded ? await loadBeside(options) : await loadHere(options);

  writeFileSync(join(dataDir, markName), `${copy}\n`, { mode: 0o600 });
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const kept = join(dataDir, `before-restore-${stamp}`);
  if (present.length > 0) mkdirSync(kept, { mode: 0o700 });
  for (const name of present) renameSync(join(dataDir, name), join(kept, name));
  for (const name of [...savedFolders, ...savedFiles])
    if (existsSync(join(side, name))) renameSync(join(side, name), join(dataDir, name));
  await loaded.switch(stamp, filled);
  rmSync(side, { recursive: true, force: true });
  rmSync(join(dataDir, markName), { force: true });
  return { keptIn: present.length > 0 ? basename(kept) : null };
}

interface Loaded {
  switch(stamp: string, keepBefore: boolean): Promise<void>;
}

async function loadHere({ ownerUrl, copy, migrations }: RestoreOptions): Promise<Loaded> {
  await loadDatabase(ownerUrl, copy, readManifest(copy), migrations);
  return { switch: async () => {} };
}

async function loadBeside({ ownerUrl, copy, migrations }: RestoreOptions): Promise<Loaded> {
  const name = decodeURIComponent(new URL(ownerUrl).pathname.slice(1));
  const beside = `${name}_restored`;
  const [own, made] = [pg.escapeIdentifier(name), pg.escapeIdentifier(beside)];
  await withClient(at(ownerUrl, "postgres"), async (admin) => {
    await admin.query(`DROP DATABASE IF EXISTS ${made} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${made}`);
  });
  await loadDatabase(at(ownerUrl, beside), copy, readManifest(copy), migrations);
  return {
    switch: async (stamp, keepBefore) => {
      await withClient(at(ownerUrl, "postgres"), async (admin) => {
        await cutConnections(admin, [name, beside]);
        const before = pg.escapeIdentifier(`${name}_before_${stamp}`);
        await admin.query("BEGIN");
        await admin.query(`ALTER DATABASE ${own} RENAME TO ${before}`);
        await admin.query(`ALTER DATABASE ${made} RENAME TO ${own}`);
        await admin.query("COMMIT");
        if (!keepBefore) await admin.query(`DROP DATABASE ${before} WITH (FORCE)`);
      });
    },
  };
}

async function isFilled(url: string): Promise<boolean> {
  return await withClient(url, async (client) => (await findFilledTable(client)) !== undefined);
}

function at(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
