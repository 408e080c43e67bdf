import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Client } from "pg";
import type { Pack } from "tar-stream";
import { packText, packTree, tarStream } from "@/lib/platform/archive";

/** Contents that a server makes anew, as PostgreSQL's manual lists them for a base backup. */
const emptied = [
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
];

function isSkipped(path: string): boolean {
  const inside = path.replace(/^pgdata\/?/, "");
  const [first = "", second] = inside.split("/");
  if (/^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?)$/.test(inside)) return true;
  if (inside.split("/").some((part) => part.startsWith("pgsql_tmp"))) return true;
  if (inside === "pg_wal/archive_status" || inside === "pg_wal/summaries") return false;
  return second !== undefined && emptied.includes(first);
}

/**
 * A running cluster as a tar, consistent as of its end: files between pg_backup_start and pg_backup_stop, then the
 * write-ahead log of that time, which a replication slot keeps from being recycled.
 * Protocol: PostgreSQL manual, "Making a Base Backup Using the Low Level API".
 */
export function packCluster(dataDir: string, connect: () => Promise<Client>, signal: AbortSignal): Readable {
  return tarStream((pack) => copyCluster(pack, dataDir, connect, signal));
}

async function copyCluster(
  pack: Pack,
  dataDir: string,
  connect: () => Promise<Client>,
  signal: AbortSignal,
): Promise<void> {
  const client = await connect();
  try {
    const slot = `rostrum_${crypto.randomUUID().replaceAll("-", "")}`;
    await client.query("select pg_create_physical_replication_slot($1, true, true)", [slot]);
    const start = await firstRow(
      client,
      "select pg_walfile_name(pg_backup_start($1, fast => true)) as segment",
      ["rostrum"],
    );
    const parent = join(dataDir, "..");
    await packTree(pack, parent, (path) => !isCluster(path) || isSkipped(path), signal);
    const stop = await firstRow(
      client,
      "select pg_walfile_name(lsn) as segment, labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)",
    );
    await packText(pack, "pgdata/backup_label", stop.labelfile ?? "");
    if (stop.spcmapfile) await packText(pack, "pgdata/tablespace_map", stop.spcmapfile);
    await packLog(pack, dataDir, start.segment ?? "", stop.segment ?? "", signal);
  } finally {
    await client.end();
  }
}

function isCluster(path: string): boolean {
  return path === "pgdata" || path.startsWith("pgdata/");
}

async function firstRow(client: Client, sql: string, values: unknown[] = []) {
  const { rows } = await client.query<Record<string, string | null>>(sql, values);
  return rows[0] ?? {};
}

/** Segments of the log from the first to the last one the copy needs; without all of them it is worth nothing. */
async function packLog(pack: Pack, dataDir: string, first: string, last: string, signal: AbortSignal) {
  const names = (await readdir(join(dataDir, "pg_wal"))).filter((name) => /^[0-9A-F]{24}$/.test(name));
  const needed = new Set(names.filter((name) => name >= first && name <= last));
  if (!needed.has(first) || !needed.has(last)) {
    throw new Error("The write-ahead log of the copy is gone; take the backup again");
  }
  const wanted = new Set(["pgdata", "pgdata/pg_wal", ...[...needed].map((name) => `pgdata/pg_wal/${name}`)]);
  // The two directories are in the tar already; unpacking them twice does no harm.
  await packTree(pack, join(dataDir, ".."), (path) => !wanted.has(path), signal);
}
