import { fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Claim, claimDatabase } from "@/lib/platform/db/binding";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "@/tests/support/database";

let database: TestDatabase;
const directory = mkdtempSync(join(tmpdir(), "rostrum-binding-"));
const first = join(directory, "first");
const second = join(directory, "second");

beforeAll(async () => {
  database = await createTestDatabase();
  mkdirSync(first);
  mkdirSync(second);
});
afterAll(async () => {
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

const claim = (dataDir: string, takeOver = false): Promise<Claim> =>
  claimDatabase({ url: database.appUrl, dataDir, takeOver });

async function startAndStop(dataDir: string, takeOver = false): Promise<void> {
  const held = await claim(dataDir, takeOver);
  await held.bind();
  await held.release();
}

describe("a database given from outside", () => {
  it("has one running installation, and says which", async () => {
    const held = await claim(first);
    await held.bind();
    await expect(claim(first)).rejects.toThrow(
      new RegExp(
        `Another Rostrum is running on this database \\(rostrum on .* process ${process.pid}, since .*\\)`,
      ),
    );
    await held.release();
    await startAndStop(first);
    expect(statSync(join(first, "installation.id")).mode & 0o777).toBe(0o600);
  });

  it("belongs to one data directory, and is taken over only when told to", async () => {
    await expect(claim(second)).rejects.toThrow(
      new RegExp(`belongs to data directory ${first} on .* DATA_DIR is ${second} on .*--take-over`),
    );
    // A directory that was moved or copied is the same one.
    const moved = join(directory, "moved");
    cpSync(first, moved, { recursive: true });
    await startAndStop(moved);
    await startAndStop(second, true);
    await expect(claim(moved)).rejects.toThrow(`belongs to data directory ${second}`);
    const events = await database.pool.query(
      "SELECT action, detail->'now'->>'dataDir' AS to FROM audit_event WHERE action = 'installation.take_over'",
    );
    expect(events.rows).toEqual([{ action: "installation.take_over", to: second }]);
    await startAndStop(second);
  });

  it("is free again after a kill -9", async () => {
    const child = fork(join(process.cwd(), "tests/support/claim-child.ts"), [database.appUrl, second], {
      execArgv: ["--import", "tsx"],
    });
    await once(child, "message");
    await expect(claim(second)).rejects.toThrow("Another Rostrum is running on this database");
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    for (let turn = 0; ; turn += 1) {
      try {
        await startAndStop(second);
        break;
      } catch (error) {
        if (turn > 50) throw error;
        await sleep(100);
      }
    }
  });

  it("is held again after its connection broke", async () => {
    const held = await claim(second);
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'rostrum on %' AND datname = current_database()",
    );
    await sleep(6_000);
    await expect(claim(second)).rejects.toThrow("Another Rostrum is running on this database");
    await held.release();
  });

  it("may still be empty", async () => {
    const empty = await createEmptyDatabase();
    const held = await claimDatabase({ url: empty.url, dataDir: first, takeOver: false });
    await held.release();
    await empty.drop();
  });
});
