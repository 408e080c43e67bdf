import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";

const adopted = new AsyncLocalStorage<pg.ClientBase>();

/** Runs `work` so that a connection which a pool out of `withAdopted` lends in it is this one, whose transaction has begun. */
export function adopting<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  return adopted.run(client, work);
}

/** The pool as Prisma's adapter sees it: in `adopting` it lends the connection of the transaction under way. */
export function withAdopted(pool: pg.Pool): pg.Pool {
  return new Proxy(pool, {
    get(target, key) {
      const client = adopted.getStore();
      if (key === "connect" && client) return async () => asLent(client);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const done = { rows: [], rowCount: 0, fields: [], command: "", oid: 0 };
const ofTheOwner = new Set(["BEGIN", "COMMIT", "ROLLBACK"]);

/** The borrower begins and ends a transaction and gives the connection back: all of that is the owner's to do. */
function asLent(client: pg.ClientBase): pg.ClientBase {
  return new Proxy(client, {
    get(target, key) {
      if (key === "release") return () => {};
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      if (key !== "query") return value.bind(target);
      return (config: { text?: string } | string, ...rest: unknown[]) => {
        const text = typeof config === "string" ? config : config.text;
        return ofTheOwner.has(text ?? "") ? Promise.resolve(done) : value.call(target, config, ...rest);
      };
    },
  });
}
