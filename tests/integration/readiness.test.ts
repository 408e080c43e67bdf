import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NextRequest } from "next/server";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GET as environments } from "@/app/api/v1/environments/route";
import { GET as live } from "@/app/api/v1/health/live/route";
import { GET as ready } from "@/app/api/v1/health/ready/route";
import { GET as health } from "@/app/api/v1/health/route";
import { GET as me } from "@/app/api/v1/me/route";
import { POST as requests } from "@/app/api/v1/requests/route";
import { getConfig, resetConfig } from "@/lib/platform/config";
import { closeDb, execute, getPool, getPrisma, query } from "@/lib/platform/db";
import { locationAt } from "@/lib/platform/db/embedded-location";
import { closeQueues } from "@/lib/platform/queue";
import { resetDiskRoom } from "@/lib/platform/storage";
import { type PrivatePostgres, startPrivatePostgres } from "@/tests/support/database";
import { holdDatabase } from "@/tests/support/hold-database";
import { call, makePerson, type TestPerson } from "@/tests/support/portal";
import { until } from "@/tests/support/world";

let postgres: PrivatePostgres;
let admin: TestPerson;
const directory = mkdtempSync(join(tmpdir(), "rostrum-readiness-"));
const disk = join(directory, "disk");
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  mkdirSync(disk);
  if (isRoot) execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
  postgres = await startPrivatePostgres({ careless: true });
  Object.assign(process.env, {
    DATABASE_URL: postgres.appUrl,
    ROSTRUM_KEY: Buffer.alloc(32, 7).toString("base64"),
    PUBLIC_URL: "http://localhost:3000",
    LOG_LEVEL: "silent",
    DATA_DIR: disk,
    DISK_LOW_MIB: "1",
  });
  resetConfig();
});
afterEach(() => resetDiskRoom());
afterAll(async () => {
  await closeQueues(500);
  await closeDb();
  await postgres.stop();
  if (isRoot) execFileSync("umount", ["-l", disk]);
  rmSync(directory, { recursive: true, force: true });
});

/** What a browser that opens a page is answered before the page is drawn; 200 means that it is drawn. */
async function openPage(headers: Record<string, string> = { "sec-fetch-dest": "document" }) {
  // Only now: it reads the configuration above.
  const { proxy } = await import("@/proxy");
  const answer = await proxy(new NextRequest("http://localhost:3000/environments", { headers }));
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

function expectUnavailable({ status, headers, text }: Awaited<ReturnType<typeof openPage>>): void {
  expect(status).toBe(503);
  expect(headers.get("retry-after")).toBe("5");
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "no nonce";
  expect(text).toContain(`<script nonce="${nonce}">`);
  expect(text).toContain("Rostrum is temporarily unavailable");
}

async function timed<T>(work: Promise<T>): Promise<{ answer: T; tookMs: number }> {
  const startedMs = Date.now();
  const answer = await work;
  return { answer, tookMs: Date.now() - startedMs };
}

async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function registerWorker(families: string): Promise<void> {
  await execute(
    `INSERT INTO worker_instance (id, families, host, pid) VALUES ('wrk_x', $1::text[], 'h', 1)
     ON CONFLICT (id) DO UPDATE SET families = excluded.families, heartbeat_at = now()`,
    [families],
  );
}

const all = "{provisioning,monitoring,backup,chargeback,housekeeping}";

describe("readiness", () => {
  it("says that the first start is not done before there is an administrator", async () => {
    const { status, body } = await call(ready);
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: "setup", checks: { setup: { state: "needed" } } });
    admin = await makePerson("admin", { orgRole: "admin" });
    expect((await call(ready)).body).toMatchObject({
      status: "not_ready",
      checks: { setup: { state: "ok" }, workers: { state: "down" } },
    });
  });

  it("names the part that is missing, and is ready without one", async () => {
    await registerWorker("{provisioning}");
    const missing = await call(ready);
    expect([missing.status, missing.body.status]).toEqual([200, "degraded"]);
    expect(missing.body.checks.workers.detail).toBe(
      "No online worker for: monitoring, backup, chargeback, housekeeping.",
    );
    await registerWorker(all);
    expect([(await call(ready)).status, (await call(ready)).body.status]).toEqual([200, "ready"]);
    expect((await call(health)).body).toMatchObject({ status: "ok", reasons: [] });
  });

  it("answers within its limit while PostgreSQL stands still, and recovers", async () => {
    const letGo = holdDatabase(locationAt(postgres.home));
    try {
      // Many at once: none of them may take a connection of its own and wait for it.
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) => timed(call([health, ready, live][index % 3] ?? live))),
      );
      for (const [index, { answer, tookMs }] of answers.entries()) {
        expect(answer.status).toBe([503, 503, 200][index % 3]);
        expect(tookMs).toBeLessThan(3_000);
      }
      const { answer, tookMs } = await timed(call(ready, { token: admin.token }));
      expect(answer.body).toMatchObject({ status: "not_ready", checks: { database: { state: "down" } } });
      expect(tookMs).toBeLessThan(3_000);
      const page = await timed(openPage());
      expectUnavailable(page.answer);
      expect(page.tookMs).toBeLessThan(3_000);
      // More reads than the pool has connections, each told in time.
      const reads = await Promise.all(
        Array.from({ length: 25 }, (_, index) =>
          timed(call([me, environments][index % 2] ?? me, { token: admin.token })),
        ),
      );
      for (const { answer: read, tookMs: readMs } of reads) {
        expect([read.status, read.body.code]).toEqual([503, "unavailable"]);
        expect(readMs).toBeLessThan(6_000);
      }
      // A refusal is written down before it is said, which can't be done now.
      const refused = await timed(call(environments));
      expect(refused.answer.status).toBe(503);
      expect(refused.tookMs).toBeLessThan(6_000);
    } finally {
      letGo();
    }
    await registerWorker(all);
    expect((await call(ready)).body.status).toBe("ready");
    expect((await openPage()).status).toBe(200);
    // What was read for those who were told already comes to its end as well.
    await until(
      async () => getPool(),
      ({ idleCount, totalCount, waitingCount }) => waitingCount === 0 && idleCount === totalCount,
    );
  }, 60_000);

  it("takes a busy pool for no silent server", async () => {
    const { dbPoolSize } = getConfig();
    const busy = Array.from({ length: dbPoolSize }, () => query("SELECT pg_sleep(5)"));
    const [read, page] = await Promise.all([call(me, { token: admin.token }), openPage()]);
    expect([read.status, page.status]).toEqual([200, 200]);
    await Promise.all(busy);
  }, 30_000);

  it("answers 503 with Retry-After where the server has no connection left", async () => {
    await closeQueues(500);
    await closeDb();
    await asOwner("ALTER ROLE rostrum_app CONNECTION LIMIT 0");
    try {
      await expect(getPrisma().user.count()).rejects.toThrow();
      for (const handler of [me, environments, health]) {
        const { status, headers, body } = await call(handler, { token: admin.token });
        expect(status).toBe(503);
        expect(headers.get("retry-after")).toBe("2");
        expect(headers.get("content-type")).toContain("application/problem+json");
        expect(body.code).toBe("unavailable");
      }
      expect((await call(live)).status).toBe(200);
      expect((await call(ready)).status).toBe(503);
      expectUnavailable(await openPage());
    } finally {
      await asOwner("ALTER ROLE rostrum_app CONNECTION LIMIT -1");
    }
    expect((await call(me, { token: admin.token })).status).toBe(200);
  });

  it("answers 503 while the server is away, and works again when it is back", async () => {
    await postgres.kill9();
    // Its processes notice one after another that their parent is gone.
    await until(
      () => call(health),
      ({ status }) => status === 503,
    );
    for (const handler of [me, environments, health, ready]) {
      const { status, headers } = await call(handler, { token: admin.token });
      expect(status).toBe(503);
      expect(headers.get("retry-after")).not.toBeNull();
    }
    expectUnavailable(await openPage());
    expectUnavailable(await openPage({}));
    // A page that is open stays: what its scripts fetch in vain does not take it away.
    const fetched = { "sec-fetch-dest": "empty" };
    const refreshed = { ...fetched, referer: "http://localhost:3000/environments?status=failed" };
    expect((await openPage(refreshed)).status).toBe(200);
    expectUnavailable(await openPage(fetched));
    for (const referer of ["http://localhost:3000/runs", "nowhere"])
      expectUnavailable(await openPage({ ...fetched, referer }));
    await postgres.start();
    await registerWorker(all);
    expect((await call(ready)).body.status).toBe("ready");
    expect((await call(me, { token: admin.token })).status).toBe(200);
  });
});

describe.runIf(isRoot)("an almost full disk", () => {
  const body = {
    kind: "create",
    project: "prj_x",
    template: "some-template",
    name: "disk-test",
    parameters: {},
  };

  it("is said, refuses what would need room, and ends by itself", async () => {
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(3.5 * 2 ** 20));
    resetDiskRoom();
    expect((await call(health)).body).toMatchObject({
      status: "degraded",
      reasons: ["The disk is almost full: nothing new is provisioned."],
    });
    const readiness = await call(ready);
    expect([readiness.status, readiness.body.status]).toEqual([200, "degraded"]);
    expect(readiness.body.checks.disk.state).toBe("low");
    const refused = await call(requests, { token: admin.token, body });
    expect(refused.status).toBe(507);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.body.detail).toMatch(/^This request isn’t possible while the data disk is almost full/);
    // What frees space is not refused for that.
    const destroys = await call(requests, {
      token: admin.token,
      body: { kind: "destroy", environment: "env_none" },
    });
    expect(destroys.status).toBe(404);

    rmSync(filler);
    resetDiskRoom();
    expect((await call(health)).body.status).toBe("ok");
    expect((await call(requests, { token: admin.token, body })).status).not.toBe(507);
  });
});
