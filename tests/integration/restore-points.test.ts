import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChangeContext, CloudConnection, ExecOptions } from "@/lib/clouds/contract";
import { actorOf, createWorld, until, type World } from "@/tests/support/world";

let world: World;
let environmentId: string;
/** The data of the component, as a cloud would keep it. */
let data = "";
let failDump = false;

const dump = { dump: ["dump"], restore: ["restore"], keep: { last: 3 } };

async function exec(_ref: unknown, options: ExecOptions) {
  if (options.command[0] === "restore") data = await text(options.stdin as Readable);
  else if (failDump) return { exitCode: 3, stdout: "", stderr: "no route to data" };
  else options.stdout?.write(data);
  return { exitCode: 0, stdout: "", stderr: "" };
}

const connection = { exec } as unknown as CloudConnection;

beforeAll(async () => {
  world = await createWorld();
  await world.publish("store", { db: { process: { program: "x" }, backup: dump } });
  const { submitRequest } = await import("@/lib/features/requests");
  const made = await submitRequest(await actorOf(world, "developer"), {
    kind: "create",
    project: "team",
    template: "store",
    name: "store-one",
    parameters: {},
    reason: "",
  });
  environmentId = made.environmentId;
  const runner = await world.runner();
  await until(
    async () => (await world.database.pool.query("SELECT status FROM environment")).rows[0].status,
    (status) => status === "running",
  );
  await runner.stop(1_000);
}, 60_000);

afterAll(async () => world?.close());

const ref = () => ({ environmentId, environmentName: "store-one", component: "db" });

async function take(id: string): Promise<void> {
  const { captureComponent } = await import("@/lib/features/backups/capture");
  const { pool } = world.database;
  await pool.query("INSERT INTO backup (id, environment_id) VALUES ($1, $2)", [id, environmentId]);
  const signal = AbortSignal.timeout(10_000);
  await captureComponent(
    { backupId: id, connection, ref: ref(), signal },
    { component: "db", cloudId: world.cloudId, backup: dump },
  );
  await pool.query("UPDATE backup SET status = 'succeeded' WHERE id = $1", [id]);
}

async function restore(backupId: string): Promise<string[]> {
  const { restoreComponent } = await import("@/lib/features/backups");
  const lines: string[] = [];
  const { rows } = await world.database.pool.query("SELECT id FROM step ORDER BY position LIMIT 1");
  const change = {
    idempotencyKey: rows[0].id,
    signal: AbortSignal.timeout(10_000),
    log: (line: string) => void lines.push(line),
  } as unknown as ChangeContext;
  await restoreComponent({ backupId, environmentId, connection, ref: ref(), change });
  return lines;
}

const folder = (id: string) => join(world.dataDir, "backups", environmentId, id);

test("what was captured comes back, and what it replaces is kept first", async () => {
  data = "monday\n".repeat(50_000);
  const monday = data;
  await take("bak_monday");
  data = "tuesday";
  const lines = await restore("bak_monday");
  expect(data).toBe(monday);
  expect(lines.join("\n")).toMatch(/checksum OK[\s\S]*Current data saved as backup bak_/);
  const safety = await world.database.pool.query(
    "SELECT id, status::text AS status, size_bytes FROM backup WHERE kind = 'before-restore'",
  );
  expect(safety.rows).toMatchObject([{ status: "succeeded" }]);
  expect(Number(safety.rows[0].size_bytes)).toBeGreaterThan(0);
  // Tried again, it keeps what was there before the first try, not what is half restored.
  await restore("bak_monday");
  await restore(safety.rows[0].id);
  expect(data).toBe("tuesday");
});

test("the recorded checksum is that of the file on the disk", async () => {
  const { rows } = await world.database.pool.query(
    "SELECT sha256, size_bytes FROM backup_part WHERE backup_id = 'bak_monday'",
  );
  const file = readFileSync(join(folder("bak_monday"), "db.dump.gz"));
  expect(createHash("sha256").update(file).digest("hex")).toBe(rows[0].sha256);
  expect(file.length).toBe(Number(rows[0].size_bytes));
});

test("a damaged restore point changes nothing", async () => {
  await take("bak_damaged");
  const path = join(folder("bak_damaged"), "db.dump.gz");
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
  data = "untouched";
  await expect(restore("bak_damaged")).rejects.toMatchObject({
    kind: "permanent",
    message: expect.stringContaining("checksum mismatch"),
  });
  expect(data).toBe("untouched");
});

test("a dump that fails leaves no file and says why", async () => {
  failDump = true;
  await expect(take("bak_failing")).rejects.toThrow("dump exited with code 3: no route to data");
  failDump = false;
  expect(readdirSync(folder("bak_failing"))).toEqual([]);
});

test("a store that runs full ends the producer instead of letting it wait for ever", async () => {
  const { FileStore } = await import("@/lib/platform/storage");
  const { mkdirSync, symlinkSync } = await import("node:fs");
  const root = join(world.dataDir, "full");
  mkdirSync(root);
  // Writing to it answers ENOSPC, like a disk without room.
  symlinkSync("/dev/full", join(root, "part.gz.partial"));
  const endless = async (sink: NodeJS.WritableStream) => {
    for (;;) {
      const noise = Buffer.from(Array.from({ length: 65_536 }, () => Math.floor(Math.random() * 256)));
      if (!sink.write(noise)) await new Promise((resolve) => sink.once("drain", resolve));
    }
  };
  await expect(new FileStore(root).write("part.gz", endless)).rejects.toMatchObject({ code: "ENOSPC" });
  expect(readdirSync(root)).toEqual([]);
});

test("nothing is written outside the store", async () => {
  const { FileStore } = await import("@/lib/platform/storage");
  await expect(new FileStore(join(world.dataDir, "inner")).remove("../other")).rejects.toThrow(RangeError);
});
