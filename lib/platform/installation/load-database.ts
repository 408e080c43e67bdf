import { cpSync, createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import pg from "pg";
import { migrate } from "../db/migrate";
import { listForeignKeys, listTables } from "./catalog.sql";
import { copyIn } from "./copy";
import type { Manifest } from "./manifest";
import { quoted, setSequence } from "./tables";

/**
 * Fills an empty database with a copy's: makes the tables as they were then, loads all rows in one transaction, and
 * migrates to the newest. Run again after it was broken off, it begins again.
 * @param url of a role that owns, or may make, the tables
 * @throws Error when this version of Rostrum does not know the copy's migrations
 */
export async function loadDatabase(
  url: string,
  copy: string,
  manifest: Manifest,
  migrations: string,
): Promise<void> {
  const then = mkdtempSync(join(tmpdir(), "rostrum-migrations-"));
  try {
    for (const name of manifest.migrations)
      cpSync(join(migrations, name), join(then, name), { recursive: true });
    await migrate({ url, folder: then });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("A newer version of Rostrum made this copy. Use that version or a later one.", {
      cause: error,
    });
  } finally {
    rmSync(then, { recursive: true, force: true });
  }
  await loadRows(url, copy, manifest);
  await migrate({ url, folder: migrations });
}

async function loadRows(url: string, copy: string, manifest: Manifest): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL statement_timeout = 0");
    const keys = await dropForeignKeys(client);
    const names = (await listTables(client)).map(({ name }) => `public.${pg.escapeIdentifier(name)}`);
    // The audit's triggers would number and chain its events again, those of state machines refuse what has happened.
    for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    await client.query(`TRUNCATE ${names.join(", ")}`);
    for (const table of manifest.tables) {
      const rows = createReadStream(join(copy, "database", `${table.name}.gz`)).pipe(createGunzip());
      await copyIn(client, `COPY ${quoted(table)} FROM STDIN`, rows);
    }
    for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    for (const sequence of manifest.sequences) await setSequence(client, sequence);
    // Made again, each is checked against all rows.
    for (const key of keys) await client.query(key);
    await client.query("COMMIT");
  } finally {
    await client.end().catch(() => {});
  }
}

/** Tables are loaded in any order; answers the statements that bring the keys back. */
async function dropForeignKeys(client: pg.Client): Promise<string[]> {
  const keys = await listForeignKeys(client);
  for (const { drop } of keys) await client.query(drop);
  return keys.map((key) => key.make);
}
