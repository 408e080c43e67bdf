/** Demo data is many thousand rows: raw, so that each table is one statement with one parameter for all of its rows. */
import { execute, type Tx } from "@/lib/platform/db";

/** A row by its column names, ready to become JSON. */
export type Row = Record<string, unknown>;

/** The tables demo data is written to, in the order foreign keys need. */
export const demoTables = [
  "app_user",
  "template",
  "template_version",
  "template_file",
  "cost_center",
  "project",
  "project_member",
  "cloud",
  "environment",
  "environment_secret",
  "resource",
  "request",
  "plan",
  "approval",
  "reservation",
  "run",
  "step",
  "step_log",
  "incident",
  "backup",
  "notification",
] as const;
export type DemoTable = (typeof demoTables)[number];

/** Writes rows in their order. All of them must have the same columns; those left out get their defaults. */
export async function insertRows(
  tx: Tx,
  table: DemoTable | "audit_event" | "daily_cost",
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first)
    .map((column) => `"${column}"`)
    .join(", ");
  await execute(
    `INSERT INTO "${table}" (${columns})
     SELECT ${columns} FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb)`,
    [JSON.stringify(rows)],
    { db: tx },
  );
}

/** Sets columns of rows that are there already. Raw, as inserting is. */
export async function setColumns(
  tx: Tx,
  table: DemoTable,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  if (columns.length === 0) return;
  const set = columns.map((column) => `"${column}" = i."${column}"`).join(", ");
  await execute(
    `UPDATE "${table}" t SET ${set} FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb) AS i WHERE i.id = t.id`,
    [JSON.stringify(rows)],
    { db: tx },
  );
}

/** Samples by column: resource, time, cores, then bytes of memory, of storage, received and sent. */
export type SampleColumns = [string[], Date[], number[], number[], number[], number[], number[]];

/** Writes samples. */
export async function insertSamples(tx: Tx, columns: SampleColumns): Promise<void> {
  await execute(
    `INSERT INTO sample (resource_id, at, cpu_cores, memory_bytes, storage_bytes, network_received_bytes, network_sent_bytes)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::float8[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])`,
    columns,
    { db: tx },
  );
}

/** What a component used in one hour, and what that cost; quantity and amount are decimal texts. */
export interface HourRow {
  hour: string;
  environment_id: string;
  resource_id: string;
  component: string;
  meter: string;
  unit: string;
  quantity: string;
  price_id: string;
  amount: string;
  project_id: string;
  cost_center_id: string;
  owner_id: string;
  template_version_id: string;
  cloud_id: string;
}

/** Writes usage and its charges together, as metering does. */
export async function insertHours(tx: Tx, rows: readonly HourRow[], currency: string): Promise<void> {
  await execute(
    `WITH given AS (
       SELECT 'use_' || replace(gen_random_uuid()::text, '-', '') AS id, g.* FROM jsonb_to_recordset($1::jsonb) AS g(
         hour timestamptz, resource_id text, component text, meter text, unit text, quantity numeric, price_id text,
         amount numeric, environment_id text, project_id text, cost_center_id text, owner_id text,
         template_version_id text, cloud_id text)),
     used AS (
       INSERT INTO usage_record (id, hour, environment_id, resource_id, component, meter, unit, quantity, project_id,
         cost_center_id, owner_id, template_version_id, cloud_id)
       SELECT id, hour, environment_id, resource_id, component, meter, unit, quantity, project_id, cost_center_id,
         owner_id, template_version_id, cloud_id FROM given)
     INSERT INTO charge (id, usage_record_id, price_id, amount, currency, hour, environment_id, project_id,
       cost_center_id, component, meter)
     SELECT 'chg_' || replace(gen_random_uuid()::text, '-', ''), id, price_id, amount, $2, hour, environment_id,
       project_id, cost_center_id, component, meter FROM given`,
    [JSON.stringify(rows), currency],
    { db: tx },
  );
}
