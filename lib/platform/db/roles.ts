import { sql } from "kysely";
import pg from "pg";
import { lockConnection, lockTransaction } from "./advisory-locks";
import { rowsOn } from "./builder";
import { catalog, currentDatabase, currentRole } from "./catalog";
import { listOwned, listTransfers } from "./roles.sql";
import { scramVerifier } from "./scram";

/** Tables the application adds rows to and never changes; columns it may not choose are left out. */
const appendOnly: Readonly<Record<string, string | null>> = {
  audit_event:
    "id, at, actor_id, actor_label, via, action, object_type, object_id, project_id, outcome, detail, request_id, ip",
  audit_seal: null,
};
const queueSchema = "bullmq";

/** Key of the advisory lock under which roles and privileges are set; an arbitrary constant of ours ("role"). */
const lockKey = 0x726f6c65;

export interface RoleUrls {
  /** Of the role that owns the tables and runs migrations. */
  ownerUrl: string;
  /** Of the role that portal and workers use. */
  appUrl: string;
}

/**
 * Makes sure that the application's role can sign in: creates it where the owner may create roles.
 * @param setPassword whether a role whose password is refused gets the one of its address: right for a server of our
 *   own, while elsewhere a typing error would lock out every other process
 * @throws Error of the driver when the role can't be created, or when its sign-in is refused
 */
export async function ensureAppRole({ ownerUrl, appUrl }: RoleUrls, setPassword = false): Promise<void> {
  const refused = await signInRefusal(appUrl);
  if (refused === null) return;
  const { name, password } = credentialsOf(appUrl);
  await withClient(ownerUrl, async (owner) => {
    await lockConnection(owner, lockKey);
    const [known] = await rowsOn(owner, appRole(name));
    if (!known?.may || (known.found && !setPassword)) throw refused;
    const verb = known.found ? "ALTER" : "CREATE";
    const role = pg.escapeIdentifier(name);
    await owner.query(`${verb} ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
  });
  const still = await signInRefusal(appUrl);
  if (still) throw still;
}

/** Whether a role is there, and whether the connected one may make or change it. */
const appRole = (name: string) =>
  catalog.selectNoFrom((eb) => [
    eb.exists(eb.selectFrom("pg_roles").select("rolname").where("rolname", "=", name)).as("found"),
    eb
      .selectFrom("pg_roles")
      .select(sql<boolean>`rolsuper OR rolcreaterole`.as("may"))
      .where("rolname", "=", sql<string>`current_user`)
      .as("may"),
  ]);

/**
 * Gives everything in the public schema to the owner, and the application what it needs: rows of ordinary tables,
 * nothing but reading and adding in the audit. Repeatable; run it after every migration.
 * @throws Error when both addresses name one role, or one of them cannot be used
 */
export async function applyRoles(urls: RoleUrls): Promise<void> {
  const app = await withClient(urls.appUrl, currentRole);
  await withClient(urls.ownerUrl, async (owner) => {
    const own = await currentRole(owner);
    if (own === app) throw new Error(`DATABASE_URL and DATABASE_OWNER_URL both name the role "${own}".`);
    await owner.query("BEGIN");
    await lockTransaction(owner, lockKey);
    await takeOver(owner, app, own);
    await owner.query(
      grants(pg.escapeIdentifier(app), await listOwned(owner, "rpvm"), await listOwned(owner, "S")),
    );
    await owner.query("COMMIT");
    await handOverQueue(owner, app);
  });
}

/**
 * Before migrations: what the application's role made when it was the only one belongs to the owner from now on.
 * @throws Error when the owner may not take it
 */
export async function takeOwnership(urls: RoleUrls): Promise<void> {
  const app = await withClient(urls.appUrl, currentRole);
  await withClient(urls.ownerUrl, async (owner) => {
    await owner.query("BEGIN");
    await lockTransaction(owner, lockKey);
    await takeOver(owner, app, await currentRole(owner));
    await owner.query("COMMIT");
  });
}

async function takeOver(owner: pg.Client, app: string, own: string): Promise<void> {
  for (const statement of await listTransfers(owner, "public", app, own)) await owner.query(statement);
  const [database] = await rowsOn(owner, ownedDatabase);
  if (database?.owner !== app) return;
  await owner.query(
    `ALTER DATABASE ${pg.escapeIdentifier(database.name)} OWNER TO ${pg.escapeIdentifier(own)}`,
  );
}

const ownedDatabase = catalog
  .selectFrom("pg_database")
  .select(["datname as name", sql<string>`pg_get_userbyid(datdba)`.as("owner")])
  .where("datname", "=", currentDatabase);

/** The queue's library makes and upgrades its own tables, so they belong to the application. */
async function handOverQueue(owner: pg.Client, app: string): Promise<void> {
  try {
    await owner.query("BEGIN");
    for (const statement of await listTransfers(owner, queueSchema, null, app)) await owner.query(statement);
    await owner.query("COMMIT");
  } catch (error) {
    await owner.query("ROLLBACK");
    if ((error as { code?: string }).code !== "42501") throw error;
    // An owner that may not give them away removes them: the queue only wakes workers and is made again.
    await owner.query(`DROP SCHEMA ${queueSchema} CASCADE`);
  }
}

function grants(app: string, tables: readonly string[], sequences: readonly string[]): string {
  const special = ["_prisma_migrations", ...Object.keys(appendOnly)];
  const list = (names: readonly string[]) =>
    names.map((name) => `public.${pg.escapeIdentifier(name)}`).join(", ");
  const ordinary = tables.filter((name) => !special.includes(name));
  const appended = Object.entries(appendOnly).filter(([name]) => tables.includes(name));
  return [
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC, ${app}`,
    `GRANT USAGE ON SCHEMA public TO ${app}`,
    // For the queue's schema and its upgrades; a schema of its own leads nowhere near the audit.
    `DO $$ BEGIN EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO %s', current_database(), ${pg.escapeLiteral(app)}); END $$`,
    tables.length > 0 && `REVOKE ALL ON ${list(tables)} FROM PUBLIC, ${app}`,
    sequences.length > 0 && `REVOKE ALL ON SEQUENCE ${list(sequences)} FROM PUBLIC, ${app}`,
    sequences.length > 0 && `GRANT USAGE, SELECT ON SEQUENCE ${list(sequences)} TO ${app}`,
    ordinary.length > 0 && `GRANT SELECT, INSERT, UPDATE, DELETE ON ${list(ordinary)} TO ${app}`,
    tables.includes("_prisma_migrations") && `GRANT SELECT ON ${list(["_prisma_migrations"])} TO ${app}`,
    ...appended.map(
      ([name, columns]) =>
        `GRANT SELECT, INSERT${columns === null ? "" : ` (${columns})`} ON ${list([name])} TO ${app}`,
    ),
  ]
    .filter(Boolean)
    .join(";\n");
}

/** Why the role of an address may not sign in; null when it may. @throws every other failure */
async function signInRefusal(url: string): Promise<Error | null> {
  try {
    await withClient(url, currentRole);
    return null;
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? "");
    if (["28P01", "28000"].includes(code)) return error as Error;
    throw error;
  }
}

function credentialsOf(url: string): { name: string; password: string } {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while it is opened fails `connect`; later the statement under way fails.
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
