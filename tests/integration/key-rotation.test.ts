import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { POST as createCloud } from "@/app/api/v1/clouds/route";
import { closeConnections } from "@/lib/features/clouds";
import { createGitCredential } from "@/lib/features/credentials";
import { getEnvironment, secretContext } from "@/lib/features/environments";
import { createWebhook } from "@/lib/features/notifications";
import { ensureFirstStart } from "@/lib/features/setup";
import { sealedPlaces } from "@/lib/features/setup/sealed-places";
import { cliActor } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { keyIdOf, seal, unseal } from "@/lib/platform/crypto";
import { execute, inTransaction, query } from "@/lib/platform/db";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { admin$ } from "../support/admin";
import type { TestDatabase } from "../support/database";
import { call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-key-"));
// Open to others, so that the machine cloud finds no reason to live elsewhere.
chmodSync(dataDir, 0o755);
let database: TestDatabase;
let admin: TestPerson;
let shown: unknown;

const [keyA, keyB, lostKey] = [7, 8, 9].map((n) => Buffer.alloc(32, n)) as [Buffer, Buffer, Buffer];

function useKeys(...keys: Buffer[]): void {
  process.env.ROSTRUM_KEY = keys.map((key) => key.toString("base64")).join(",");
  resetConfig();
}

const newCloud = () =>
  call(createCloud, {
    token: admin.token,
    headers: { "idempotency-key": "once" },
    body: {
      name: "with-credentials",
      title: "With credentials",
      driver: "docker",
      config: { host: "tcp://127.0.0.1:9" },
      credentials: { ca: "a certificate" },
    },
  });

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  useKeys(keyA);
  await ensureFirstStart(seedDemo);
  admin = await makePerson("administrator", { orgRole: "admin" });
  const made = await newCloud();
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  shown = made.body;
  const [project] = await query<{ id: string }>("SELECT id FROM project ORDER BY id LIMIT 1");
  await createGitCredential(cliActor(), project?.id ?? "", {
    name: "robot",
    address: "https://git.example.com",
    username: "robot",
    password: "of the first key",
  });
  const [environment] = await query<{ id: string }>("SELECT id FROM environment ORDER BY id LIMIT 1");
  const id = environment?.id ?? "";
  await execute(
    `INSERT INTO plan (id, request_id, environment_id, template_version_id, base_generation, digest, parameters, changes,
       cost, verdicts, sealed) SELECT 'pln_sealed', request_id, $1, template_version_id, base_generation, digest, parameters,
       changes, cost, verdicts, $2 FROM plan LIMIT 1`,
    [id, seal('{"password":"of the plan"}', secretContext(id))],
  );
  await createWebhook(cliActor(), {
    name: "hook",
    url: "https://hooks.example.com/services/x",
    format: "standard",
    groups: ["security"],
  });
  // Replaced by itself: what it was before is kept.
  await execute("UPDATE environment_secret SET sealed = $2 WHERE environment_id = $1", [
    id,
    seal("a newer one", secretContext(id)),
  ]);
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Every text of the whole database that a key encrypted, wherever it is: also where no one thought of. */
async function textsOf(key: Buffer): Promise<Record<string, number>> {
  const columns = await query<{ t: string; c: string }>(
    `SELECT table_name AS t, column_name AS c FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb') ORDER BY 1, 2`,
  );
  const found: Record<string, number> = {};
  for (const { t, c } of columns) {
    const [row] = await query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "${t}" WHERE "${c}"::text LIKE '%v1.${keyIdOf(key)}.%'`,
    );
    if (row?.n) found[`${t}.${c}`] = row.n;
  }
  return found;
}

/** Opens everything there is, for what it was sealed for; throws for what cannot be opened. */
async function openEverything(): Promise<number> {
  let opened = 0;
  for (const place of sealedPlaces) {
    const columns = [...place.keys, ...(place.also ?? [])].join(", ");
    const rows = await query<Record<string, string>>(
      `SELECT ${columns}, ${place.sealed} AS sealed FROM ${place.table} WHERE ${place.sealed} IS NOT NULL`,
    );
    expect(rows.length, place.what).toBeGreaterThan(0);
    for (const row of rows) unseal(row.sealed ?? "", place.context(row));
    opened += rows.length;
  }
  return opened;
}

const reencrypt = async () => (await admin$("key", "reencrypt")).join("\n");

it("encrypts everything with the new key, so that the old one can be dropped", async () => {
  const before = await textsOf(keyA);
  const total = Object.values(before).reduce((sum, n) => sum + n, 0);
  expect(await openEverything(), "every place that holds sealed texts is known").toBe(total);

  useKeys(keyB, keyA);
  await expect(reencrypt(), "Rostrum still runs with the old key alone").rejects.toThrow(
    /Start Rostrum with the new key before the old one/,
  );
  expect(await textsOf(keyA)).toEqual(before);

  await ensureFirstStart(seedDemo);
  const said = await reencrypt();
  expect(said).toContain(`Re-encrypted ${total} values with key ${keyIdOf(keyB)}.`);
  expect(said).toContain("All data uses the current key");
  expect(await textsOf(keyA)).toEqual({});
  expect(await textsOf(keyB)).toEqual(before);
  expect(await reencrypt(), "a second time there is nothing to do").toContain("Re-encrypted 0 values");
  const [audited] = await query<{ changed: number; events: number }>(
    `SELECT sum((detail->>'changed')::int)::int AS changed, count(*)::int AS events FROM audit_event
      WHERE action = 'key.reencrypt'`,
  );
  expect(audited?.changed).toBe(total);
  expect(audited?.events).toBeGreaterThanOrEqual(sealedPlaces.length);

  useKeys(keyB);
  await ensureFirstStart(seedDemo);
  expect(await openEverything()).toBe(total);
  expect((await newCloud()).body, "the answer kept for a repeated request").toEqual(shown);
  for (const { id } of await query<{ id: string }>(
    "SELECT id FROM environment WHERE sealed_outputs IS NOT NULL",
  )) {
    expect((await getEnvironment(cliActor(), id)).id).toBe(id);
  }
});

it("does not wait for rows that someone works on, says that they are left, and takes them the next time", async () => {
  useKeys(keyA, keyB);
  await ensureFirstStart(seedDemo);
  const held = "SELECT 1 FROM environment_secret ORDER BY environment_id, component, name LIMIT 1 FOR UPDATE";
  await inTransaction(async (tx) => {
    await tx.client.query(held);
    await expect(reencrypt()).rejects.toThrow(
      `Couldn't re-encrypt 1 secrets of environments (key ${keyIdOf(keyB)})`,
    );
  });
  expect(await textsOf(keyB)).toEqual({ "environment_secret.sealed": 1 });
  expect(await reencrypt()).toContain("Re-encrypted 1 values");
  expect(await textsOf(keyB)).toEqual({});
});

it("leaves what no key at hand opens as it is, and does the rest", async () => {
  const [secret] = await query<{ environment_id: string }>(
    "SELECT environment_id FROM environment_secret LIMIT 1",
  );
  const id = secret?.environment_id ?? "";
  useKeys(lostKey);
  const sealed = seal("lost", secretContext(id));
  await execute(
    "INSERT INTO environment_secret (environment_id, component, name, sealed) VALUES ($1, '', 'lost', $2)",
    [id, sealed],
  );
  useKeys(keyB, keyA);
  await ensureFirstStart(seedDemo);
  await expect(reencrypt()).rejects.toThrow(
    `Couldn't re-encrypt 1 secrets of environments (key ${keyIdOf(lostKey)})`,
  );
  expect(await textsOf(keyA)).toEqual({});
  expect(await query("SELECT sealed FROM environment_secret WHERE name = 'lost'")).toEqual([{ sealed }]);
});

it("changes nothing of a plan but how its secrets are sealed, and that only for this", async () => {
  const change = async (set: string, flag: "on" | "off") =>
    await inTransaction(async (tx) => {
      await tx.client.query("SELECT set_config('rostrum.reseal', $1, true)", [flag]);
      await tx.client.query(`UPDATE plan SET ${set} WHERE id = 'pln_sealed'`);
    });
  await expect(change("sealed = 'v1.x'", "off")).rejects.toThrow("plan is append-only");
  await expect(change("sealed = NULL", "on")).rejects.toThrow("plan is append-only");
  await expect(change("sealed = 'v1.x', digest = 'other'", "on")).rejects.toThrow("plan is append-only");
});
