import type { Pool, PoolClient, QueryResult } from "pg";
import { allowHistory } from "@/lib/platform/db/history";

/** Runs a statement that puts rows into a status to which no move of a state machine leads: no trigger sees it. */
export async function putStatus(
  pool: Pool,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult> {
  return await inTransactionOf(pool, async (client) => {
    await client.query("SET LOCAL session_replication_role = replica");
    return await client.query(text, [...values]);
  });
}

/** Runs a statement that inserts rows in a status with which no state machine begins; all other triggers see it. */
export async function insertHistory(
  pool: Pool,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult> {
  return await inTransactionOf(pool, async (client) => {
    await allowHistory(client);
    return await client.query(text, [...values]);
  });
}

async function inTransactionOf<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
