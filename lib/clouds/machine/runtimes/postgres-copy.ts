import type { Readable } from "node:stream";
import type { Client } from "pg";
import { type Pack, packText, tarStream } from "@/lib/platform/archive";
import type { Mount } from "@/lib/platform/sandbox";
import type { ComponentHandle } from "../component";
import { packDirectory } from "../data/component-tree";

/** Contents that a server makes again, as PostgreSQL's manual lists them for a base backup. */
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
export function packCluster(
  component: ComponentHandle,
  folder: Folder,
  connect: () => Promise<Client>,
  signal: AbortSignal,
): Readable {
  return tarStream((pack) => copyCluster(pack, component, folder, connect, signal));
}

/** The data volume: what has to be seen for it, and its path. */
interface Folder {
  mount: Mount;
  path: string;
}

async function copyCluster(
  pack: Pack,
  component: ComponentHandle,
  folder: Folder,
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
    await packDirectory(component, folder, pack, {
      skip: (path) => !isCluster(path) || isSkipped(path),
      // They are skipped anyway; like this they are not even read.
      leaveOut: emptied.map((name) => `./pgdata/${name}/*`),
      signal,
    });
    const stop = await firstRow(
      client,
      "select pg_walfile_name(lsn) as segment, labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)",
    );
    await packText(pack, "pgdata/backup_label", stop.labelfile ?? "");
    if (stop.spcmapfile) await packText(pack, "pgdata/tablespace_map", stop.spcmapfile);
    await packLog(pack, component, folder, start.segment ?? "", stop.segment ?? "", signal);
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
async function packLog(
  pack: Pack,
  component: ComponentHandle,
  folder: Folder,
  first: string,
  last: string,
  signal: AbortSignal,
): Promise<void> {
  const packed = new Set<string>();
  const isNeeded = (path: string) => {
    const name = /^pgdata\/pg_wal\/([0-9A-F]{24})$/.exec(path)?.[1];
    if (name === undefined || name < first || name > last) return false;
    packed.add(name);
    return true;
  };
  await packDirectory(component, folder, pack, {
    only: ["./pgdata/pg_wal"],
    skip: (path) => !isNeeded(path),
    signal,
  });
  if (!packed.has(first) || !packed.has(last)) {
    throw new Error("The write-ahead log of the copy is missing. Back up again");
  }
}
