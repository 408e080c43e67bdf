import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { z } from "zod";
import { tryLockConnection } from "./advisory-locks";
import { now, rowsOn, statements } from "./builder";
import { catalog, currentDatabase, hasTable } from "./catalog";

/** Key of the advisory lock that the launcher of an installation holds as long as it lives; a constant of ours ("inst"). */
const lockKey = 0x696e7374;
const settingKey = "installation.binding";
const againMs = 5_000;

const bindingSchema = z.object({
  id: z.string(),
  dataDir: z.string(),
  host: z.string(),
});
type Binding = z.output<typeof bindingSchema>;

export interface BindingOptions {
  url: string;
  /** Absolute. */
  dataDir: string;
  /** Bind the database to this data directory although it belongs to another. */
  takeOver: boolean;
}

/** This installation's hold on its database. */
export interface Claim {
  /** Ties the database to the data directory; after the migrations, which make the table. */
  bind(): Promise<void>;
  /** Frees the database for another start. */
  release(): Promise<void>;
}

/**
 * Makes sure that no one else runs on a database, and that it belongs to this data directory: with another one Rostrum
 * would not find what runs, and start all of it a second time. A launcher that was killed holds nothing any more.
 * @throws Error that names both sides and what to do; or the driver's own
 */
export async function claimDatabase(options: BindingOptions): Promise<Claim> {
  const holder = new LockHolder(options.url);
  await holder.take();
  try {
    await check(holder.connected, options);
  } catch (error) {
    await holder.release();
    throw error;
  }
  return {
    bind: async () => await write(holder.connected, options),
    release: async () => await holder.release(),
  };
}

/** A connection whose session holds the lock; one that breaks is made again until it is released. */
class LockHolder {
  private client: pg.Client | null = null;
  private released = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly url: string) {}

  get connected(): pg.Client {
    if (!this.client) throw new Error("The database connection was lost. Start Rostrum again.");
    return this.client;
  }

  async take(): Promise<void> {
    const name = `rostrum on ${hostname().slice(0, 30)} process ${process.pid}`;
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: 10_000,
      application_name: name,
      keepAlive: true,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      // Held for weeks without a statement: a limit of the role's own must not end it.
      await client.query("SET idle_session_timeout = 0");
      if (!(await tryLockConnection(client, lockKey))) throw await inUse(client);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    client.on("end", () => this.lost());
    this.client = client;
  }

  async release(): Promise<void> {
    this.released = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => {});
  }

  private lost(): void {
    this.client = null;
    if (this.released) return;
    this.timer = setTimeout(() => {
      // The database is away, or another start was quicker: that one is refused by the binding, or is this one's successor.
      this.take().catch(() => this.lost());
    }, againMs);
    this.timer.unref();
  }
}

const lockHolders = catalog
  .selectFrom("pg_locks as l")
  .innerJoin("pg_stat_activity as a", "a.pid", "l.pid")
  .select(["a.application_name as name", "a.backend_start as since"])
  .where("l.locktype", "=", "advisory")
  .where("l.granted", "=", true)
  .where("l.classid", "=", 0)
  .where("l.objid", "=", lockKey)
  .where("l.database", "=", (eb) =>
    eb.selectFrom("pg_database").select("oid").where("datname", "=", currentDatabase),
  );

async function inUse(client: pg.Client): Promise<Error> {
  const [holder] = await rowsOn(client, lockHolders);
  const who = holder ? ` (${holder.name}, since ${holder.since.toISOString()})` : "";
  return new Error(
    `Another Rostrum is running on this database${who}. Stop it, or set DATABASE_URL to a separate database. To add workers, run: node dist/workers.mjs`,
  );
}

async function check(client: pg.Client, { dataDir, takeOver }: BindingOptions): Promise<void> {
  const known = await read(client);
  if (!known || takeOver || known.id === readId(dataDir)) return;
  throw new Error(
    `This database belongs to data directory ${known.dataDir} on ${known.host}, but DATA_DIR is ${dataDir} on ${hostname()}. ` +
      "With another directory, Rostrum would start every component a second time. Set DATA_DIR to that directory, move it here, or use another database. " +
      "If the directory is lost, take over the database: npm start -- --take-over",
  );
}

async function read(client: pg.Client): Promise<Binding | undefined> {
  if (!(await hasTable(client, "setting"))) return undefined;
  const [row] = await rowsOn(
    client,
    statements.selectFrom("setting").select("value").where("key", "=", settingKey),
  );
  return bindingSchema.safeParse(row?.value).data;
}

async function write(client: pg.Client, { dataDir }: BindingOptions): Promise<void> {
  const known = await read(client);
  const own: Binding = { id: ensureId(dataDir), dataDir, host: hostname() };
  if (known && known.id === own.id && known.dataDir === dataDir && known.host === own.host) return;
  const value = JSON.stringify(own);
  await rowsOn(
    client,
    statements
      .insertInto("setting")
      .values({ key: settingKey, value, updated_at: now })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value, updated_at: now })),
  );
  if (known && known.id !== own.id) await rowsOn(client, takeOverEvent(known, own));
}

const takeOverEvent = (before: Binding, own: Binding) =>
  statements.insertInto("audit_event").values({
    id: `aud_${randomUUID()}`,
    actor_label: "CLI",
    via: "cli",
    action: "installation.take_over",
    object_type: "organization",
    object_id: "installation",
    detail: JSON.stringify({ before, now: own }),
  });

const idFile = (dataDir: string) => join(dataDir, "installation.id");

function readId(dataDir: string): string | undefined {
  try {
    return readFileSync(idFile(dataDir), "utf8").trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function ensureId(dataDir: string): string {
  const known = readId(dataDir);
  if (known) return known;
  const draft = `${idFile(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${randomUUID()}\n`, { mode: 0o600 });
  rmSync(idFile(dataDir), { force: true });
  linkSync(draft, idFile(dataDir));
  rmSync(draft);
  return readId(dataDir) ?? "";
}
