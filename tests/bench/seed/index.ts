import { performance } from "node:perf_hooks";
import pg from "pg";
import { findEmbeddedOwnerUrl } from "@/lib/platform/db/embedded-location";
import { allowHistory } from "@/lib/platform/db/history";
import { seedEnvironments } from "./environments";
import { seedHistory } from "./history";
import { seedMoney } from "./money";
import { seedOperations } from "./operations";
import { seedOrganization } from "./organization";
import { fullSizes, type Sizes } from "./sizes";

const counted = [
  "environment",
  "resource",
  "request",
  "run",
  "step",
  "usage_record",
  "charge",
  "daily_cost",
  "sample",
];
const alsoCounted = ["incident", "backup", "notification", "audit_event", "project", "app_user"];

/**
 * Fills the database of a running Rostrum with demo data with a large organization. Prints how many rows there are.
 * @throws Error when no embedded database of the data directory runs
 */
export async function seedLarge(dataDir: string, sizes: Sizes = fullSizes): Promise<void> {
  const connectionString = findEmbeddedOwnerUrl(dataDir);
  if (!connectionString) throw new Error(`No database of ${dataDir} runs.`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await seedInto(client, sizes, (part, ms) =>
      console.log(`  ${part.padEnd(14)} ${(ms / 1000).toFixed(1)} s`),
    );
    await printCounts(client);
  } finally {
    await client.end();
  }
}

/** Fills a database that has demo data. The client belongs to the owner of the tables. */
export async function seedInto(
  client: pg.Client,
  sizes: Sizes,
  onPart: (part: string, ms: number) => void = () => {},
): Promise<void> {
  await client.query(`SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB';
    SET temp_buffers = '256MB'; SET max_parallel_maintenance_workers = 2`);
  // The same organization every time.
  await client.query("BEGIN; SELECT setseed(0.42)");
  await allowHistory(client);
  const parts = { seedOrganization, seedEnvironments, seedHistory, seedMoney, seedOperations };
  for (const [name, part] of Object.entries(parts)) {
    const startedMs = performance.now();
    await part(client, sizes);
    onPart(name.slice(4).toLowerCase(), performance.now() - startedMs);
  }
  await client.query("COMMIT; DISCARD TEMP");
  await client.query("ANALYZE");
  await client.query("CHECKPOINT");
}

async function printCounts(client: pg.Client): Promise<void> {
  const names = [...counted, ...alsoCounted];
  const { rows } = await client.query<Record<string, string>>(
    `SELECT ${names.map((name) => `(SELECT count(*) FROM ${name}) AS ${name}`).join(", ")}`,
  );
  const line = (some: string[]) =>
    some.map((name) => `${Number(rows[0]?.[name]).toLocaleString("en")} ${name}`).join(", ");
  console.log(`  ${line(counted)}\n  ${line(alsoCounted)}`);
}
