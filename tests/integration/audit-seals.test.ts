import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuditKeeper, getAuditStatus, sealAudit, verifyAuditChain } from "@/lib/features/audit";
import { headsFile } from "@/lib/features/audit/heads";
import { acceptKey } from "@/lib/features/setup";
import { recordAuditAlone } from "@/lib/platform/audit";
import { cliActor, systemActor } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { query } from "@/lib/platform/db";
import { admin$ } from "../support/admin";
import type { TestDatabase } from "../support/database";
import { makePerson, useTestPortal } from "../support/portal";

const key = () => randomBytes(32).toString("base64");
const firstKey = key();
const dataDir = mkdtempSync(join(tmpdir(), "rostrum-audit-"));
let database: TestDatabase;
/** The audit as the application wrote it; every attack starts from it. */
let saved: { events: unknown[]; seals: unknown[]; heads: string };

const setKeys = (...keys: string[]) => {
  process.env.ROSTRUM_KEY = keys.join(",");
  resetConfig();
};

async function add(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const entry = { action: "test.event", objectType: "test", objectId: String(index) };
    await recordAuditAlone({ actor: systemActor("test"), ...entry });
  }
}

/** As the database's superuser, past every trigger: what no one but its owner can do. */
async function forge(...statements: string[]): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("SET session_replication_role = replica");
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query("RESET session_replication_role");
    client.release();
  }
}

/** Computes a whole new chain, as the trigger would have. */
const rechain = `DO $$
  DECLARE e audit_event; before text := '';
  BEGIN
    FOR e IN SELECT * FROM audit_event ORDER BY seq LOOP
      UPDATE audit_event SET prev_hash = before, hash = rostrum_audit_hash(before, e) WHERE seq = e.seq
        RETURNING hash INTO before;
    END LOOP;
  END $$`;

async function rowsOf(table: string): Promise<unknown[]> {
  const { rows } = await database.pool.query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`);
  return rows.map((one) => one.row);
}

async function restore(): Promise<void> {
  const insert = (table: string, rows: unknown[]) =>
    `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, '${JSON.stringify(rows).replaceAll("'", "''")}')`;
  await forge(
    "DELETE FROM audit_event",
    "DELETE FROM audit_seal",
    insert("audit_event", saved.events),
    insert("audit_seal", saved.seals),
  );
  writeFileSync(headsFile(), saved.heads);
  setKeys(firstKey);
}

const found = async () => {
  const { ok, problems } = await verifyAuditChain();
  expect(ok).toBe(problems.length === 0);
  return problems;
};

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir });
  setKeys(firstKey);
  const keeper = createAuditKeeper();
  await add(3);
  await keeper.seal();
  await add(3);
  await keeper.close();
  await add(2);
  await keeper.seal();
  await add(2);
  saved = {
    events: await rowsOf("audit_event"),
    seals: await rowsOf("audit_seal"),
    heads: readFileSync(headsFile(), "utf8"),
  };
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(restore);

describe("verifying the audit", () => {
  it("accepts what the application wrote, and seals what was new", async () => {
    expect(saved.seals).toHaveLength(3);
    const result = await verifyAuditChain();
    expect(result).toMatchObject({
      ok: true,
      checked: 10,
      problems: [],
      seals: { count: 3 },
      heads: { count: 1 },
    });
    expect(result.warnings).toEqual([]);
    expect(await rowsOf("audit_seal")).toHaveLength(4);
    expect((await admin$("audit", "verify")).join()).toContain("10 events, 4 seals and 1 head");
    expect(await getAuditStatus()).toMatchObject({ unsealed: 0, alarm: null, powers: [] });
  });

  it("keeps the heads from other accounts", () => {
    expect(statSync(headsFile()).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(headsFile())).mode & 0o777).toBe(0o700);
  });

  it("names an event that was altered alone", async () => {
    await forge("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = 5");
    expect(await found()).toEqual([expect.objectContaining({ check: "chain", seq: 5 })]);
    await expect(admin$("audit", "verify")).rejects.toThrow("broken at event 5: its content was changed");
  });

  it("finds a whole new chain by the seals and by the file", async () => {
    await forge("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = 2", rechain);
    const problems = await found();
    expect(problems.map((one) => one.check)).toEqual(["seals", "heads"]);
    expect(problems[0]?.message).toContain("seal 1 covers another event");
    expect(problems[1]?.message).toContain("names event 6 with another hash");
  });

  it("finds a whole new chain without any seals by the file", async () => {
    await forge(
      "UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = 2",
      rechain,
      "DELETE FROM audit_seal",
    );
    expect((await found()).map((one) => one.check)).toEqual(["heads"]);
  });

  it("finds an event that was removed and the chain closed over it", async () => {
    await forge(
      "DELETE FROM audit_event WHERE seq = 2",
      "UPDATE audit_event SET seq = -seq WHERE seq > 2",
      "UPDATE audit_event SET seq = -seq - 1 WHERE seq < 0",
      rechain,
    );
    expect((await found()).map((one) => one.check)).toEqual(["seals", "heads"]);
    await restore();
    await forge("DELETE FROM audit_event WHERE seq = 5", rechain);
    expect((await found())[0]).toMatchObject({ check: "chain", seq: 6 });
  });

  it("finds events cut off at the end, with and without their seals", async () => {
    await forge("DELETE FROM audit_event WHERE seq > 7");
    expect(await found()).toEqual([expect.objectContaining({ check: "seals", seq: 8 })]);
    await restore();
    // Back to a state that once was: seals alone cannot tell, the file can.
    await forge("DELETE FROM audit_event WHERE seq > 3", "DELETE FROM audit_seal WHERE number > 1");
    expect(await found()).toEqual([expect.objectContaining({ check: "heads", seq: 6 })]);
  });

  it("finds seals that were altered, removed, added or made with another key", async () => {
    const attempts: [string, string][] = [
      ["UPDATE audit_seal SET event_hash = 'x' WHERE number = 2", "Seal 2 was not made with Rostrum’s key"],
      ["UPDATE audit_seal SET at = at + interval '1 hour' WHERE number = 2", "Seal 2 was not made"],
      ["DELETE FROM audit_seal WHERE number = 2", "Seals before seal 3 are missing"],
      [
        "INSERT INTO audit_seal SELECT 4, at, event_seq, event_hash, key_id, prev_hash, mac FROM audit_seal WHERE number = 3",
        "Seal 4 was not made",
      ],
      [
        "UPDATE audit_seal SET key_id = 'deadbeef' WHERE number = 3",
        "made with key deadbeef, which is not configured",
      ],
    ];
    for (const [attempt, message] of attempts) {
      await restore();
      await forge(attempt);
      const [problem] = await found();
      expect(problem?.check, attempt).toBe("seals");
      expect(problem?.message, attempt).toContain(message);
    }
    setKeys(key());
    await restore();
    setKeys(key());
    expect((await found()).map((one) => one.check)).toEqual(["seals", "heads"]);
  });

  it("finds lines of the file that were altered or removed, and bears one that was cut off", async () => {
    const keeper = createAuditKeeper();
    await keeper.close();
    await keeper.close();
    const lines = readFileSync(headsFile(), "utf8").trim().split("\n");
    expect(lines).toHaveLength(3);
    writeFileSync(headsFile(), `${[lines[0], lines[2]].join("\n")}\n`);
    expect((await found())[0]?.message).toContain("Lines before line 2 were altered or removed");
    writeFileSync(headsFile(), `${lines.join("\n").replace('"sequence":6', '"sequence":5')}\n`);
    expect((await found())[0]?.message).toContain("Line 1 was altered");
    writeFileSync(headsFile(), `${lines.join("\n")}\n{"time":"20`);
    await keeper.close();
    const result = await verifyAuditChain();
    expect(result).toMatchObject({ ok: true, heads: { count: 4 } });
    expect(result.warnings).toEqual([expect.stringContaining("1 line of")]);
  });
});

describe("a change of keys", () => {
  const second = key();

  it("keeps earlier seals and heads valid, then makes the earlier key dispensable", async () => {
    setKeys(second, firstKey);
    const keeper = createAuditKeeper();
    await keeper.close();
    expect(await found()).toEqual([]);
    setKeys(second);
    const result = await verifyAuditChain();
    expect(result).toMatchObject({ ok: true, seals: { count: 4 }, heads: { count: 2 } });
    expect(result.warnings).toEqual([expect.stringContaining("3 seals of earlier keys")]);
    await forge("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = 2", rechain);
    expect((await found()).map((one) => one.check)).toEqual(["seals", "heads"]);
  });

  it("never vouches for seals of a key that no one has, until that key is given up", async () => {
    setKeys(second);
    await add(1);
    expect((await sealAudit()).problems).toEqual([expect.stringContaining("which is not configured")]);
    expect(await rowsOf("audit_seal")).toHaveLength(3);
    await acceptKey(cliActor());
    await createAuditKeeper().close();
    expect(await found()).toEqual([]);
  });
});

describe("the keeper of the audit", () => {
  const alarms = () =>
    query<{ problem: string }>(
      "SELECT detail->>'problem' AS problem FROM audit_event WHERE action = 'audit.integrity' ORDER BY seq",
    );

  it("tells administrators and auditors, once, what contradicts a seal", async () => {
    const people = [
      await makePerson("keeper-admin", { orgRole: "admin" }),
      await makePerson("keeper-auditor", { orgRole: "auditor" }),
      await makePerson("keeper-nobody"),
    ];
    const keeper = createAuditKeeper();
    await keeper.seal();
    await add(1);
    await forge("UPDATE audit_event SET object_id = 'other' WHERE seq = 11");
    await keeper.seal();
    await keeper.seal();
    expect(await alarms()).toEqual([
      { problem: expect.stringContaining("Event 11: its content was changed") },
    ]);
    const notices = await query<{ id: string }>(
      "SELECT user_id AS id FROM notification WHERE kind = 'audit.integrity' ORDER BY created_at",
    );
    expect(new Set(notices.map((one) => one.id))).toEqual(new Set(people.slice(0, 2).map((one) => one.id)));
    expect((await getAuditStatus()).alarm?.problem).toContain("Event 11");
  });

  it("notices seals and events that vanish while it runs, and a head that the database contradicts", async () => {
    const keeper = createAuditKeeper();
    await keeper.seal();
    await forge("DELETE FROM audit_event WHERE seq > 3", "DELETE FROM audit_seal WHERE number > 1");
    await keeper.seal();
    expect((await alarms()).at(-1)?.problem).toContain("Seal 4 is gone or was replaced");
    await restore();
    await forge("DELETE FROM audit_event WHERE seq > 3", "DELETE FROM audit_seal WHERE number > 1");
    await createAuditKeeper().close();
    expect((await alarms()).at(0)?.problem).toContain("names event 6, which is missing");
  });

  it("lets many seal at once without a gap, and adds nothing when nothing changed", async () => {
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        await add(1);
        await sealAudit();
      }),
    );
    expect(await found()).toEqual([]);
    const count = (await rowsOf("audit_seal")).length;
    await Promise.all(Array.from({ length: 5 }, () => sealAudit()));
    expect(await rowsOf("audit_seal")).toHaveLength(count);
  });
});
