import type pg from "pg";
import type { Prisma } from "@/gen/prisma/client";
import { adopting } from "./adopted-connection";
import { runCommitHook } from "./commit-hook";
import { getPool, getPrisma } from "./connections";
import { withConnection } from "./sql";

/** Where a statement runs: on a connection of the pool, or in a transaction. */
export interface Db {
  /** For reads by key, ordinary writes and small trees. */
  readonly prisma: Prisma.TransactionClient;
  /** For statements of Kysely (`rowsOf`, `writtenBy`) and raw ones. */
  readonly client: Pick<pg.ClientBase, "query">;
}

/** A transaction: all statements run on one connection, whichever way they are written. */
export interface Tx extends Db {
  readonly client: pg.ClientBase;
}

/** Outside of a transaction: each statement on some connection of the pool. */
export const pooled: Db = {
  get prisma() {
    return getPrisma();
  },
  get client() {
    return getPool();
  },
};

/** Longer than any transaction may be: how long it may be is for PostgreSQL to say. */
const prismaLimitMs = 10 * 60_000;

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return await between("BEGIN", async (tx) => {
    const result = await work(tx);
    await runCommitHook(tx);
    return result;
  });
}

/** Lets `work` read one moment of the database, whatever is written meanwhile. It can write nothing. */
export async function inSnapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return await between("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work);
}

async function between<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await withConnection(async (client) => {
    const lane = new PrismaLane(client);
    await client.query(begin);
    try {
      const result = await work({ client, prisma: lane.prisma });
      await lane.end();
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await lane.end().catch(() => {
        // It failed together with the work, whose error says why.
      });
      await client.query("ROLLBACK").catch(() => {
        // The connection is gone and the server has rolled back by itself; the first error says why.
      });
      throw error;
    }
  });
}

/** Prisma in a transaction that has begun. Costs nothing until it is used: Prisma's own transaction starts with its first call. */
class PrismaLane {
  readonly prisma: Prisma.TransactionClient;
  private started: Promise<Prisma.TransactionClient> | null = null;
  private over: Promise<void> | null = null;
  private finish = () => {};

  constructor(private readonly client: pg.ClientBase) {
    this.prisma = lazily(() => this.start());
  }

  private start(): Promise<Prisma.TransactionClient> {
    this.started ??= new Promise((resolve, reject) => {
      const done = new Promise<void>((finish) => {
        this.finish = finish;
      });
      const whole = async (prisma: Prisma.TransactionClient) => {
        resolve(prisma);
        await done;
      };
      const options = { maxWait: 10_000, timeout: prismaLimitMs };
      this.over = adopting(this.client, () => getPrisma().$transaction(whole, options));
      this.over.catch(reject);
    });
    return this.started;
  }

  async end(): Promise<void> {
    this.finish();
    await this.over;
  }
}

/** A Prisma client whose calls wait for the one that `start` makes. */
function lazily(start: () => Promise<Prisma.TransactionClient>): Prisma.TransactionClient {
  const later = (path: readonly string[]): unknown =>
    new Proxy(() => {}, {
      get: (_, key) => later([...path, String(key)]),
      apply: async (_, __, args: unknown[]) => {
        const client: unknown = await start();
        const owner = path.slice(0, -1).reduce(memberOf, client);
        const method = memberOf(owner, path.at(-1) ?? "") as (...args: unknown[]) => unknown;
        return await method.apply(owner, args);
      },
    });
  return new Proxy({} as Prisma.TransactionClient, {
    // Awaited by mistake, it is no promise.
    get: (_, key) => (key === "then" || typeof key === "symbol" ? undefined : later([key])),
  });
}

const memberOf = (owner: unknown, key: string) => (owner as Record<string, unknown>)[key];
