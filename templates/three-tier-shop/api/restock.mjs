import pg from "pg";

/** Fills every shelf up to 50 pieces; the template offers this as an action on the running environment. */
const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 });
await client.connect();
const { rowCount } = await client.query("UPDATE products SET stock = 50 WHERE stock < 50");
await client.end();
process.stdout.write(
  rowCount === 0 ? "All products are already in stock.\n" : `Restocked ${rowCount} products.\n`,
);
