import pg from "pg";
import { type LockKey, tryLockConnection, unlockConnection } from "./advisory-locks";
import { rowsOn, signOfLife } from "./builder";
import { getDatabaseUrl } from "./connections";

/** The server ends a session that says nothing for this long: its process hangs. */
const silentLimitMs = 60_000;
const signEveryMs = 20_000;
/** A host that is gone without a word is noticed within 25 s, not two hours. */
const keepAlive = { idle: 10, interval: 5, count: 3 };

/** A lock that this process holds. */
export interface HeldLock {
  /** Aborted when the connection broke: another process may hold the lock by now. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Advisory locks of work that takes a while, all on one connection of their own: work that waited for a connection of
 * the pool while it holds another could stop all of it. A process that dies frees its locks at once, whatever it did; one that
 * hangs, or whose host is gone, within a minute.
 */
export class HeldLocks {
  private connection: Promise<pg.Client> | null = null;
  private current: pg.Client | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private readonly held = new Map<LockKey, AbortController>();

  /** Takes a lock, or answers null when this process or another one holds it. @throws when the database is away */
  async take(key: LockKey): Promise<HeldLock | null> {
    // The server would give a session its own lock again.
    if (this.held.has(key)) return null;
    const lost = new AbortController();
    this.held.set(key, lost);
    try {
      const client = await this.connect();
      if (await this.asked(client, () => tryLockConnection(client, key))) {
        return { lost: lost.signal, release: async () => await this.release(client, key, lost) };
      }
      this.held.delete(key);
      return null;
    } catch (error) {
      this.held.delete(key);
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = await this.connection?.catch(() => null);
    if (client) this.forget(client);
    await client?.end();
  }

  private async release(client: pg.Client, key: LockKey, mine: AbortController): Promise<void> {
    if (this.held.get(key) !== mine) return;
    // A connection that breaks takes its locks with it.
    await this.asked(client, () => unlockConnection(client, key)).catch(() => {});
    if (this.held.get(key) === mine) this.held.delete(key);
  }

  /** One question at a time. Without an answer no one knows what the session holds: it is given up as a whole. */
  private async asked<T>(client: pg.Client, question: () => Promise<T>): Promise<T> {
    const answer = this.last.then(question);
    this.last = answer.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      this.forget(client);
      client.end().catch(() => {});
      throw error;
    }
  }

  private async connect(): Promise<pg.Client> {
    this.connection ??= this.open();
    try {
      return await this.connection;
    } catch (error) {
      this.connection = null;
      throw error;
    }
  }

  private async open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: getDatabaseUrl(),
      application_name: "rostrum locks",
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      query_timeout: 10_000,
      options: [
        `-c idle_session_timeout=${silentLimitMs}`,
        ...Object.entries(keepAlive).map(([name, value]) => `-c tcp_keepalives_${name}=${value}`),
      ].join(" "),
    });
    client.on("error", () => this.forget(client));
    client.on("end", () => this.forget(client));
    await client.connect();
    this.current = client;
    const signs = setInterval(() => {
      this.asked(client, () => rowsOn(client, signOfLife)).catch(() => {});
    }, signEveryMs);
    signs.unref();
    client.once("end", () => clearInterval(signs));
    return client;
  }

  private forget(client: pg.Client): void {
    if (this.current !== client) return;
    this.current = null;
    this.connection = null;
    const lost = [...this.held.values()];
    this.held.clear();
    for (const one of lost) one.abort();
  }
}
