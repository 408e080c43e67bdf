import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allowHistory } from "@/lib/platform/db/history";
import { migrate } from "@/lib/platform/db/migrate";
import { machines } from "@/scripts/lib/machines";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { scene } from "@/tests/support/foreign-key-rows";
import { insertHistory } from "@/tests/support/put-status";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await insertHistory(database.pool, scene);
  await database.pool.query(
    "INSERT INTO step (id, run_id, position, component, action) VALUES ('stp', 'run', 0, 'web', 'create')",
  );
});
afterAll(() => database.drop());

describe.each(machines)("$table in the database", ({ machine, table, column }) => {
  it("has exactly the statuses of its machine", async () => {
    const found = await database.pool.query<{ label: string }>(
      `SELECT e.enumlabel AS label FROM pg_attribute a JOIN pg_enum e ON e.enumtypid = a.atttypid
       WHERE a.attrelid = $1::regclass AND a.attname = $2 ORDER BY e.enumsortorder`,
      [table, column],
    );
    expect(found.rows.map((row) => row.label).sort()).toEqual([...machine.states].sort());
  });

  it("makes exactly the moves of its machine", async () => {
    const made: string[] = [];
    const refused: string[] = [];
    for (const from of machine.states) {
      for (const to of machine.states) {
        const error = await tryMove(table, column, from, to);
        if (!error) made.push(`${from} → ${to}`);
        else {
          refused.push(`${from} → ${to}`);
          expect(error).toMatchObject({
            code: "23514",
            constraint: `${table}_moves`,
            message: `A ${machine.name} can't go from ${from} to ${to}.`,
          });
        }
      }
    }
    // What stays as it is was not moved: the database lets that be.
    const legal = (from: string, to: string) => from === to || machine.allows(from, to);
    const pairs = machine.states.flatMap((from) => machine.states.map((to) => [from, to] as const));
    const named = (some: typeof pairs) => some.map(([from, to]) => `${from} → ${to}`);
    expect(made).toEqual(named(pairs.filter(([from, to]) => legal(from, to))));
    expect(refused).toEqual(named(pairs.filter(([from, to]) => !legal(from, to))));
  });

  it.each(machine.states)("begins as %s only if its machine does, or as history", async (state) => {
    const error = await onConnection((client) => insertAs(client, table, column, state));
    if (machine.initial.includes(state)) expect(error).toBeNull();
    else
      expect(error).toMatchObject({
        code: "23514",
        constraint: `${table}_begins`,
        message: `A ${machine.name} can't begin as ${state}.`,
      });
    const history = onConnection((client) => insertAs(client, table, column, state, allowHistory));
    expect(await history).toBeNull();
  });

  it("begins as before after a transaction that wrote history", async () => {
    const late = machine.states.find((state) => !machine.initial.includes(state)) ?? "";
    await onConnection(async (client) => {
      for (const end of ["COMMIT", "ROLLBACK"]) {
        await client.query("BEGIN");
        await allowHistory(client);
        await client.query(end);
        expect(await insertAs(client, table, column, late), end).toMatchObject({ code: "23514" });
      }
      await allowHistory(client);
      expect(await insertAs(client, table, column, late), "without one").toMatchObject({ code: "23514" });
      const within = await insertAs(client, table, column, late, async () => {
        await client.query("SAVEPOINT part");
        await allowHistory(client);
        await client.query("ROLLBACK TO SAVEPOINT part");
      });
      expect(within, "in a part that was rolled back").toMatchObject({ code: "23514" });
    });
  });
});

async function onConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

// A constraint ties it to another column.
const closedAt = (state: string) => (state === "resolved" ? "2026-12-01T00:00:00Z" : null);

/** Replaces a table's rows by a copy of one in a status, and takes that back. @returns the database's error, if it refused */
async function insertAs(
  client: PoolClient,
  table: string,
  column: string,
  state: string,
  prepare?: (client: PoolClient) => Promise<void>,
): Promise<unknown> {
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL session_replication_role = replica");
    await client.query(`CREATE TEMP TABLE model ON COMMIT DROP AS SELECT * FROM ${table} LIMIT 1`);
    await client.query(`DELETE FROM ${table}`);
    await client.query("SET LOCAL session_replication_role = origin");
    await prepare?.(client);
    const columns = { [column]: state, ...(table === "incident" && { closed_at: closedAt(state) }) };
    const inserted = await client.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(m, $1)).* FROM model m RETURNING ${column}::text AS state`,
      [columns],
    );
    expect(inserted.rows).toEqual([{ state }]);
    return null;
  } catch (error) {
    return error;
  } finally {
    await client.query("ROLLBACK");
  }
}

/** Moves a row that was put into a status, and puts it back. @returns the database's error, if it refused */
async function tryMove(table: string, column: string, from: string, to: string): Promise<unknown> {
  const client = await database.pool.connect();
  // Constraints that tie it to another column are another matter.
  const set = (state: string) =>
    table === "incident"
      ? `${column} = '${state}', closed_at = ${state === "resolved" ? "now()" : "NULL"}`
      : `${column} = '${state}'`;
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL session_replication_role = replica");
    const put = await client.query(`UPDATE ${table} SET ${set(from)}`);
    expect(put.rowCount).toBeGreaterThan(0);
    await client.query("SET LOCAL session_replication_role = origin");
    return await client.query(`UPDATE ${table} SET ${set(to)}`).then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

it("leaves no status of a core table without a machine", async () => {
  const found = await database.pool.query<{ at: string }>(
    `SELECT c.relname || '.' || a.attname AS at FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND t.typtype = 'e'
       AND (a.attname = 'status' OR a.attname = 'state') ORDER BY 1`,
  );
  const guarded = machines.map(({ table, column }) => `${table}.${column}`);
  // A message that is delivered or not: one worker holds it, and no user sees its way.
  expect(found.rows.map((row) => row.at)).toEqual([...guarded, "outbox_message.status"].sort());
});

describe("the migration", () => {
  const folder = join(process.cwd(), "prisma/migrations");
  const before = mkdtempSync(join(tmpdir(), "rostrum-migrations-"));
  afterAll(() => rmSync(before, { recursive: true, force: true }));

  it("gives environments that were left changing the status they have, and incidents theirs", async () => {
    const names = readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort();
    const own = names.findIndex((name) => name.endsWith("_state_machines"));
    for (const name of names.slice(0, own))
      cpSync(join(folder, name), join(before, name), { recursive: true });
    const old = await createEmptyDatabase();
    await migrate({ url: old.url, folder: before });
    await old.pool.query(scene);
    const left = (id: string, status: string, readyAt: string, destroyedAt = "NULL") =>
      old.pool.query(
        `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, status, ready_at, destroyed_at, updated_at)
         VALUES ('${id}', '${id}', 'prj', 'usr_owner', 'tv', '${status}', ${readyAt}, ${destroyedAt}, now())`,
      );
    await left("runs", "changing", "now()");
    await left("stands", "changing", "now()");
    await left("half", "provisioning", "NULL");
    await left("empty", "destroying", "now()");
    await left("worked_on", "changing", "now()");
    await left("over", "changing", "now()", "now()");
    await old.pool.query(
      `INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest)
       SELECT 'res_' || e, e, 'web', 'cld', 'process', e, CASE e WHEN 'stands' THEN 'stopped' ELSE 'running' END, ''
       FROM unnest('{runs,stands,half,worked_on}'::text[]) e`,
    );
    await old.pool.query(
      `INSERT INTO run (id, environment_id, kind, status) VALUES ('run_parked', 'worked_on', 'update', 'parked'),
         ('run_healed', 'runs', 'heal', 'succeeded')`,
    );
    await old.pool.query(
      `INSERT INTO incident (id, environment_id, component, kind, summary, closed_at)
       VALUES ('inc_over', 'runs', 'web', 'down', '', now())`,
    );
    expect(await migrate({ url: old.url })).toEqual(names.slice(own));
    const environments = await old.pool.query("SELECT id, status::text FROM environment");
    const statuses = new Map(environments.rows.map((row) => [row.id, row.status]));
    expect(Object.fromEntries(statuses)).toEqual({
      env: "pending",
      runs: "running",
      stands: "stopped",
      half: "failed",
      empty: "failed",
      worked_on: "changing",
      over: "changing",
    });
    const incidents = await old.pool.query("SELECT id, status::text FROM incident ORDER BY id");
    expect(incidents.rows).toEqual([
      { id: "inc", status: "open" },
      { id: "inc_over", status: "resolved" },
    ]);
    await expect(old.pool.query("UPDATE incident SET closed_at = NULL")).rejects.toMatchObject({
      code: "23514",
      constraint: "incident_resolved_check",
    });
    await old.drop();
  });
});
