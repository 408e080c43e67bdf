import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig, resetConfig } from "@/lib/platform/config";
import type { EmbeddedPostgres } from "@/lib/platform/db/embedded";
import { openDatabase } from "@/scripts/launch";
import { createEmptyDatabase } from "@/tests/support/database";

const directory = mkdtempSync(join(tmpdir(), "rostrum-copy-"));
chmodSync(directory, 0o755);
const [first, second] = [join(directory, "first"), join(directory, "second")];
const key = Buffer.alloc(32, 3);
const copy = join(directory, "copy");
let server: EmbeddedPostgres | undefined;

const environmentOf = (dataDir: string, extra: Record<string, string> = {}) => ({
  ...process.env,
  DATA_DIR: dataDir,
  DATABASE_URL: "",
  ROSTRUM_KEY: "",
  DEMO: "on",
  ADMIN_EMAIL: "root@test.example",
  ADMIN_PASSWORD: "of the first machine",
  LOG_LEVEL: "error",
  INIT_CWD: directory,
  ...extra,
});

function admin(dataDir: string, args: string[], extra: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "scripts/admin.ts", ...args],
    { encoding: "utf8", env: environmentOf(dataDir, extra) },
  );
  return { status, said: `${stdout}${stderr}` };
}

async function use(dataDir: string): Promise<EmbeddedPostgres> {
  const opened = await openDatabase(loadConfig({ DATA_DIR: dataDir }), process.cwd(), () => {});
  if (!opened.server) throw new Error("No server.");
  return opened.server;
}

async function read<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What must be the same: every row of every table, as one digest each. */
async function digests(url: string): Promise<Record<string, string>> {
  const tables = await read<{ name: string }>(
    url,
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1",
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await read<{ digest: string }>(
      url,
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS digest FROM "${name}" t`,
    );
    found[name] = row?.digest ?? "";
  }
  return found;
}

beforeAll(async () => {
  mkdirSync(first);
  writeFileSync(join(first, "secret.key"), `${key.toString("base64")}\n`, { mode: 0o600 });
  server = await use(first);
  const setup = spawnSync(process.execPath, ["--import", "tsx", "scripts/setup.ts"], {
    encoding: "utf8",
    env: environmentOf(first, { DATABASE_URL: server.appUrl, ROSTRUM_EMBEDDED: "1" }),
  });
  expect(setup.status, `${setup.stdout}${setup.stderr}`).toBe(0);
  mkdirSync(join(first, "backups", "env_x", "bkp_x"), { recursive: true });
  writeFileSync(join(first, "backups", "env_x", "bkp_x", "db.0.gz"), Buffer.alloc(300_000, "stored"));
}, 300_000);
afterAll(async () => {
  await server?.stop("immediate");
  rmSync(directory, { recursive: true, force: true });
});

describe("a copy of Rostrum itself", () => {
  it("is made while it runs, for its owner alone, and comes back on another machine", async () => {
    if (!server) throw new Error("No server.");
    const before = await digests(server.url);
    expect(Number(before.app_user?.split(" ")[0])).toBeGreaterThan(1);
    const made = admin(first, ["backup", "copy"]);
    expect(made.said).toContain(`files to ${copy}`);
    expect(statSync(copy).mode & 0o777).toBe(0o700);
    for (const name of ["manifest.json", "files/secret.key", "database/app_user.gz"])
      expect(statSync(join(copy, name)).mode & 0o777).toBe(0o600);
    expect(admin(first, ["backup", "copy"]).said).toContain("already exists");

    const restored = admin(second, ["restore", "copy"]);
    expect(restored.said).toContain("Restore completed.");
    expect(restored.status).toBe(0);
    const there = await use(second);
    try {
      expect(await digests(there.url)).toEqual(before);
      expect(readFileSync(join(second, "secret.key"), "utf8").trim()).toBe(key.toString("base64"));
      expect(readFileSync(join(second, "backups/env_x/bkp_x/db.0.gz"))).toEqual(
        Buffer.alloc(300_000, "stored"),
      );
      const databases = await read<{ name: string }>(there.url, "SELECT datname AS name FROM pg_database");
      expect(databases.map((one) => one.name)).not.toContainEqual(expect.stringContaining("_before_"));
      await signInAndUnseal(there.appUrl);
    } finally {
      await there.stop();
    }
    // A second time only when told to, and then what was there is kept.
    expect(admin(second, ["restore", "copy"]).said).toContain("Add --force to replace it");
    expect(admin(second, ["restore", "copy", "--force"]).said).toContain("Previous data moved to");
    expect(readdirSync(second).filter((name) => name.startsWith("before-restore-"))).toHaveLength(1);
  }, 400_000);

  it("refuses a running installation, and a copy that was damaged", () => {
    expect(admin(first, ["restore", "copy", "--force"]).said).toContain("Stop it first");
    const file = join(copy, "database", "audit_event.gz");
    const whole = readFileSync(file);
    appendFileSync(file, "x");
    const third = join(directory, "third");
    expect(admin(third, ["restore", "copy"]).said).toContain("database/audit_event.gz was changed");
    rmSync(file);
    expect(admin(third, ["restore", "copy"]).said).toContain("database/audit_event.gz is missing");
    expect(existsSync(join(third, "secret.key"))).toBe(false);
    writeFileSync(file, whole);
  }, 200_000);

  it("comes back into an empty database given from outside, and not into another", async () => {
    const empty = await createEmptyDatabase();
    const target = join(directory, "outside");
    const settings = { DATABASE_URL: empty.url };
    const done = admin(target, ["restore", "copy"], settings);
    expect(done.said).toContain("Restore completed.");
    if (!server) throw new Error("No server.");
    expect(await digests(empty.url)).toEqual(await digests(server.url));
    expect(admin(target, ["restore", "copy", "--force"], settings).said).toContain("is not empty");
    await empty.drop();
  }, 200_000);
});

/** With the restored key and database the product itself opens what it sealed, and knows who signs in. */
async function signInAndUnseal(url: string): Promise<void> {
  Object.assign(process.env, { DATABASE_URL: url, DATA_DIR: second, LOG_LEVEL: "silent" });
  delete process.env.ROSTRUM_KEY;
  resetConfig();
  const { checkPassword } = await import("@/lib/features/identity");
  const { sealedPlaces } = await import("@/lib/features/setup/sealed-places");
  const { unseal } = await import("@/lib/platform/crypto");
  const { closeDb, query } = await import("@/lib/platform/db");
  const person = await checkPassword("root@test.example", "of the first machine", {
    ip: "127.0.0.1",
    userAgent: "test",
    requestId: "test-copy",
  });
  expect(person).toBeTruthy();
  const place = sealedPlaces[0];
  const rows = await query<Record<string, string>>(
    `SELECT ${place?.keys.join(", ")}, ${place?.sealed} AS sealed FROM ${place?.table} LIMIT 5`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(unseal(row.sealed ?? "", place?.context(row) ?? "")).not.toBe("");
  await closeDb();
  delete process.env.DATABASE_URL;
  delete process.env.DATA_DIR;
  resetConfig();
}
