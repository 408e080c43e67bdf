import { runMigrations } from "bullmq";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordAuditAlone } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { findAuditPowers, getPool } from "@/lib/platform/db";
import { embeddedAppRole, embeddedRole } from "@/lib/platform/db/embedded-location";
import { migrate } from "@/lib/platform/db/migrate";
import { auditPowersOf, migrateGiven } from "@/scripts/launch";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

/** What the role that portal and workers use may do to the audit: read and add. */

let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal();
  for (let index = 0; index < 3; index += 1) {
    await recordAuditAlone({
      actor: systemActor("test"),
      action: "test.event",
      objectType: "test",
      objectId: String(index),
    });
  }
});
afterAll(async () => await database.drop());

const chainFunction = `CREATE OR REPLACE FUNCTION rostrum_audit_chain() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RETURN NEW; END'`;
const columns = "id, actor_label, action, object_type, object_id";

const attacks = [
  "UPDATE audit_event SET actor_label = 'somebody else'",
  "UPDATE audit_event SET hash = hash WHERE seq = 1",
  "DELETE FROM audit_event",
  "DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)",
  "TRUNCATE audit_event",
  "TRUNCATE audit_seal CASCADE",
  "DROP TABLE audit_event",
  "DROP TABLE audit_seal CASCADE",
  "DROP SCHEMA public CASCADE",
  "ALTER TABLE audit_event DISABLE TRIGGER ALL",
  "ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only",
  "ALTER TABLE audit_seal DISABLE TRIGGER USER",
  "ALTER TABLE audit_event RENAME TO audit_old",
  "ALTER TABLE audit_event ADD COLUMN extra text",
  `ALTER TABLE audit_event OWNER TO ${embeddedAppRole}`,
  "ALTER TABLE audit_event DROP COLUMN hash",
  "DROP TRIGGER audit_event_append_only ON audit_event",
  "DROP TRIGGER audit_event_chain ON audit_event",
  "DROP TRIGGER audit_seal_append_only ON audit_seal",
  "CREATE TRIGGER mine BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION rostrum_audit_refuse()",
  "CREATE RULE mine AS ON INSERT TO audit_event DO INSTEAD NOTHING",
  chainFunction,
  "ALTER FUNCTION rostrum_audit_chain() RENAME TO other",
  "ALTER FUNCTION rostrum_audit_refuse() SET search_path = pg_temp",
  "DROP FUNCTION rostrum_audit_refuse() CASCADE",
  "CREATE FUNCTION public.rostrum_audit_hash(a text, b text) RETURNS text LANGUAGE sql AS 'SELECT a'",
  "CREATE TABLE public.audit_copy (id int)",
  `SET ROLE ${embeddedRole}`,
  `SET SESSION AUTHORIZATION ${embeddedRole}`,
  "SET session_replication_role = replica",
  `GRANT ${embeddedRole} TO ${embeddedAppRole}`,
  `ALTER ROLE ${embeddedAppRole} SUPERUSER`,
  `ALTER ROLE ${embeddedRole} PASSWORD 'mine'`,
  "CREATE ROLE mine SUPERUSER",
  `INSERT INTO audit_event (${columns}, seq) VALUES ('f1', 'x', 'x', 'x', 'x', 1000)`,
  `INSERT INTO audit_event (${columns}, hash) VALUES ('f2', 'x', 'x', 'x', 'x', 'chosen')`,
  `INSERT INTO audit_event (${columns}, prev_hash) VALUES ('f3', 'x', 'x', 'x', 'x', 'chosen')`,
  `INSERT INTO audit_event (${columns}) VALUES ('f4', 'x', 'x', 'x', 'x') ON CONFLICT (id) DO UPDATE SET action = 'y'`,
  "SELECT * FROM audit_event FOR UPDATE",
  "COPY audit_event TO PROGRAM 'true'",
  "UPDATE audit_seal SET mac = 'x'",
  "DELETE FROM audit_seal",
  "MERGE INTO audit_event a USING (VALUES (1)) v(n) ON a.seq = v.n WHEN MATCHED THEN DELETE",
  "INSERT INTO audit_seal (number, at, event_seq, event_hash, key_id, prev_hash, mac) VALUES (9, now(), 1, 'x', 'x', '', 'x')",
  "UPDATE _prisma_migrations SET checksum = 'x'",
  "ALTER TABLE charge DISABLE TRIGGER ALL",
  "SELECT setval('audit_event_seq_seq', 1)",
  "SELECT pg_read_file('/etc/passwd')",
];

async function run(connectionString: string, statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe("the database role of the application", () => {
  const asApp = (statements: string[]) => run(database.appUrl, statements);
  const whole = async () => {
    const { rows } = await database.pool.query("SELECT * FROM audit_event ORDER BY seq");
    return JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? String(value) : value));
  };

  it("is the one this process uses", async () => {
    const { rows } = await getPool().query("SELECT current_user AS role");
    expect(rows).toEqual([{ role: embeddedAppRole }]);
    expect(await findAuditPowers(getPool())).toEqual([]);
    expect(await findAuditPowers(database.pool)).toEqual([expect.stringContaining("is a superuser")]);
  });

  it.each(attacks)("is refused: %s", async (attack) => {
    const before = await whole();
    await expect(asApp([attack])).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|23000|42809|42P17|0LP01)$/),
    });
    expect(await whole()).toBe(before);
  });

  it("gives itself nothing", async () => {
    // PostgreSQL answers this with a warning.
    await asApp([
      `GRANT ALL ON audit_event TO ${embeddedAppRole}`,
      "GRANT UPDATE ON audit_seal TO PUBLIC",
    ]).catch(() => {});
    expect(await findAuditPowers(getPool())).toEqual([]);
  });

  it("cannot show the trigger a table of its own", async () => {
    await asApp([
      "CREATE TEMP TABLE audit_event (seq bigint, hash text)",
      "INSERT INTO pg_temp.audit_event VALUES (500, 'chosen')",
      "SET search_path = pg_temp, public",
      `INSERT INTO public.audit_event (${columns}) VALUES ('evt_shadow', 'x', 'x', 'x', 'x')`,
    ]);
    const { rows } = await database.pool.query(
      `SELECT e.prev_hash = p.hash AS chained FROM audit_event e JOIN audit_event p ON p.seq = e.seq - 1
        WHERE e.id = 'evt_shadow'`,
    );
    expect(rows).toEqual([{ chained: true }]);
  });

  it("cannot give two events one hash by a line break within a field", async () => {
    await recordAuditAlone({
      actor: systemActor("test"),
      action: "test.event",
      objectType: "test",
      objectId: "a\nb",
    });
    const { rows } = await database.pool.query("SELECT object_id FROM audit_event ORDER BY seq DESC LIMIT 1");
    expect(rows).toEqual([{ object_id: "a b" }]);
  });
});

describe("a database of one's own with two roles", () => {
  const scratch: TestDatabase[] = [];
  const roles: string[] = [];
  afterAll(async () => {
    for (const one of scratch) await one.drop();
    for (const role of roles) await database.pool.query(`DROP ROLE IF EXISTS ${role}`);
  });
  const urlFor = (base: string, user: string, password: string) => {
    const url = new URL(base);
    url.username = user;
    url.password = password;
    return url.href;
  };

  it("gets its application role made, and keeps what one role owned before", async () => {
    const target = await createEmptyDatabase();
    scratch.push(target);
    const name = new URL(target.url).pathname.slice(1);
    const [single, owner] = [`single_${name}`, `owner_${name}`];
    roles.push(single, owner);
    await target.pool.query(`CREATE ROLE ${single} LOGIN PASSWORD 'first-password'`);
    await target.pool.query(`ALTER DATABASE ${name} OWNER TO ${single}`);
    const singleUrl = urlFor(target.url, single, "first-password");
    expect(await migrateGiven(singleUrl, process.cwd())).not.toEqual([]);
    expect(await auditPowersOf(singleUrl)).toEqual([
      expect.stringContaining("owns audit tables: audit_event, audit_seal, rostrum_audit_chain"),
      expect.stringContaining("schema public"),
    ]);
    await run(singleUrl, [`INSERT INTO audit_event (${columns}) VALUES ('before', 'x', 'x', 'x', 'x')`]);

    // The way of an upgrade: the role of until now owns, a new one is the application's. It is made by the owner.
    await target.pool.query(`ALTER ROLE ${single} CREATEROLE`);
    const app = `app_${name}`;
    roles.push(app);
    const appUrl = urlFor(target.url, app, "second-password");
    expect(await migrateGiven(appUrl, process.cwd(), singleUrl)).toEqual([]);
    expect(await auditPowersOf(appUrl)).toEqual([]);
    expect(await migrateGiven(appUrl, process.cwd())).toEqual([]);
    const { rows } = await target.pool.query("SELECT id FROM audit_event");
    expect(rows).toEqual([{ id: "before" }]);

    // The other way: the role of until now stays the application's, what it owns goes to a new owner.
    await target.pool.query(`CREATE ROLE ${owner} SUPERUSER LOGIN PASSWORD 'third-password'`);
    const ownerUrl = urlFor(target.url, owner, "third-password");
    await target.pool.query(`ALTER ROLE ${single} NOCREATEROLE`);
    await expect(migrateGiven(singleUrl, process.cwd(), ownerUrl)).resolves.toEqual([]);
    expect(await auditPowersOf(singleUrl)).toEqual([]);
    await target.pool.query(`DROP OWNED BY ${app}, ${single}`).catch(() => {});
    await target.pool.query(`REASSIGN OWNED BY ${owner} TO ${embeddedRole}`);
    await target.pool.query(`DROP OWNED BY ${app}, ${single}, ${owner}`);
  });

  it("hands over the tables that the queue made as the only role", async () => {
    const one = await createTestDatabase();
    scratch.push(one);
    const migrateQueue = async (url: string) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await runMigrations(client as unknown as pg.PoolClient, "bullmq").finally(() => client.end());
    };
    await migrateQueue(one.url);
    await expect(migrateQueue(one.appUrl)).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|3F000)$/),
    });
    expect(await migrateGiven(one.appUrl, process.cwd(), one.url)).toEqual([]);
    await migrateQueue(one.appUrl);
    const { rows } = await one.pool.query(
      `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'bullmq'::regnamespace`,
    );
    expect(rows).toEqual([{ owner: embeddedAppRole }]);
  });

  it("says which role it cannot use, and refuses one role for both", async () => {
    const one = await createTestDatabase();
    scratch.push(one);
    const missing = urlFor(one.url, "nobody_there", "wrong-password");
    await expect(migrateGiven(one.appUrl, process.cwd(), missing)).rejects.toThrow(
      /^DATABASE_OWNER_URL: .*rejected user "nobody_there"/,
    );
    await expect(migrateGiven(one.url, process.cwd(), one.url)).rejects.toThrow(/both name the role/);
    const empty = await createEmptyDatabase();
    scratch.push(empty);
    await expect(migrateGiven(empty.appUrl, process.cwd())).rejects.toThrow(/DATABASE_OWNER_URL/);
    expect(await migrate({ url: empty.url })).not.toEqual([]);
  });
});
