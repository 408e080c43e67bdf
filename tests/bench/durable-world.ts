import pg from "pg";
import { startPrivatePostgres } from "../support/database";
import { createWorld, type World, type WorldOptions } from "../support/world";

/**
 * A world on a PostgreSQL server of its own that flushes every commit to the disk, as in production. `close` ends
 * and removes the server too.
 */
export async function createDurableWorld(options: WorldOptions): Promise<World> {
  const postgres = await startPrivatePostgres();
  const pool = new pg.Pool({ connectionString: postgres.url, max: 10 });
  pool.on("error", () => {
    // The server is stopped below while connections may still be idle.
  });
  const drop = async () => {
    await pool.end();
    await postgres.stop();
  };
  return await createWorld({
    ...options,
    database: { url: postgres.url, appUrl: postgres.appUrl, pool, drop },
  });
}
