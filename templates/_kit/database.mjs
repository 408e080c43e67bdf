import pg from "pg";
import { DatabaseAway } from "./database-away.mjs";
import { log } from "./log.mjs";

const firstDelayMs = 250;
const longestDelayMs = 5_000;
const statementTimeoutMs = 5_000;

/** Classes of SQLSTATE in which the server or the connection is the problem, not the statement. */
const awaySqlStates = /^(08|57P|58|53|28)/;
/** A table is gone: the data were restored from a time before it existed, so the schema is applied again. */
const missingTable = "42P01";

function isAway(error) {
  if (typeof error.code !== "string") return /terminated|timeout|closed|ended/i.test(error.message);
  return !/^[0-9A-Z]{5}$/.test(error.code) || awaySqlStates.test(error.code) || error.code === missingTable;
}

/**
 * A pool that comes back by itself. It connects in the background, applies `schema` (SQL that may be repeated)
 * under an advisory lock so that replicas starting together do not collide, and after a loss tries again
 * with growing, jittered pauses for as long as the program runs.
 */
export function openDatabase({ url, schema, lockKey, poolSize = 5 }) {
  const state = { ready: false, since: new Date(), message: "connecting", version: null };
  let closed = false;
  let connecting = false;
  let timer;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
  });
  pool.on("error", (error) => lose(error));

  function lose(error) {
    if (closed) return;
    if (state.ready) {
      log.warn(`database connection lost: ${error.message}`);
      Object.assign(state, { ready: false, since: new Date() });
    }
    state.message = error.message || String(error.code ?? "unreachable");
    if (!connecting) void connect();
  }

  async function connect() {
    connecting = true;
    for (let attempt = 0; !closed; attempt += 1) {
      try {
        await prepare();
        Object.assign(state, { ready: true, since: new Date(), message: "connected" });
        log.info(`database ready (PostgreSQL ${state.version})`);
        break;
      } catch (error) {
        state.message = error.message || String(error.code ?? "unreachable");
        const pauseMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10));
        log.warn(`database unreachable (${state.message}), retrying in ${pauseMs} ms`);
        await new Promise((resolve) => {
          timer = setTimeout(resolve, pauseMs * (0.75 + Math.random() / 2));
        });
      }
    }
    connecting = false;
  }

  async function prepare() {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
      await client.query(schema);
      await client.query("COMMIT");
      state.version = (await client.query("SHOW server_version")).rows[0].server_version.split(" ")[0];
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async function run(work) {
    if (!state.ready) throw new DatabaseAway(state.message);
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      lose(error);
      throw new DatabaseAway(error.message);
    }
  }

  async function inTransaction(work) {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      const result = await work((text, values) => client.query(text, values).then((answer) => answer.rows));
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      // A broken connection cannot roll back; throwing it away does the same on the server.
      const rolledBack = await client.query("ROLLBACK").then(
        () => true,
        () => false,
      );
      client.release(!rolledBack);
      throw error;
    }
  }

  void connect();

  return {
    state,
    /** Rows of one statement. */
    query: (text, values) => run(() => pool.query(text, values).then((answer) => answer.rows)),
    /** Several statements together: `work` gets a query function; a throw undoes all. */
    transaction: (work) => run(() => inTransaction(work)),
    /** True when a statement really comes back now. */
    async check() {
      try {
        await run(() => pool.query("SELECT 1"));
        return true;
      } catch (error) {
        if (error instanceof DatabaseAway) return false;
        throw error;
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await pool.end();
    },
  };
}

/** Tells of notifications on a channel; comes back by itself, and says when so that nothing is missed meanwhile. */
export function listen({ url, channel, onNotification }) {
  let client;
  let closed = false;
  let timer;

  async function connect() {
    const mine = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, keepAlive: true });
    client = mine;
    let over = false;
    const again = () => {
      if (over) return;
      over = true;
      mine.end().catch(() => mine.connection?.stream?.destroy());
      if (!closed) timer = setTimeout(connect, 1_000 + Math.random() * 500);
    };
    mine.on("error", again);
    mine.on("end", again);
    mine.on("notification", onNotification);
    try {
      await mine.connect();
      await mine.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      onNotification();
    } catch {
      again();
    }
  }

  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client.end();
    },
  };
}
