import { organisationCommands } from "@/lib/features/admin-cli";
import { acceptKey } from "@/lib/features/setup";
import { cliActor } from "@/lib/platform/auth";
import type { AdminCommand } from "@/lib/platform/command-line";
import { getDatabaseUrl, query } from "@/lib/platform/db";

const databaseUrl: AdminCommand = {
  name: "database url",
  usage: "",
  summary: "Prints the address of the database, password included, for psql or a backup program.",
  options: {},
  run: async ({ print }) => print(getDatabaseUrl()),
};

const databaseStatus: AdminCommand = {
  name: "database status",
  usage: "",
  summary: "Prints the server's version, the size of the database and the newest migration.",
  options: {},
  run: async ({ print }) => {
    const [row] = await query<{ version: string; size: string; migration: string }>(
      `SELECT current_setting('server_version') AS version,
              pg_size_pretty(pg_database_size(current_database())) AS size,
              (SELECT max(migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS migration`,
    );
    print(`PostgreSQL ${row?.version}, ${row?.size}, migrated to ${row?.migration}`);
  },
};

const keyAccept: AdminCommand = {
  name: "key accept",
  usage: "",
  summary:
    "Go on with another key after the database's own was lost; what that one encrypted stays unreadable.",
  options: {},
  run: async ({ print }) => {
    const { lost, inUse } = await acceptKey(cliActor());
    print(
      lost === inUse ? `Key ${inUse} is in use already.` : `Key ${inUse} is in use; ${lost} is given up.`,
    );
  },
};

/** Every command of the administrator's command line. Features add theirs here. */
export const adminCommands: readonly AdminCommand[] = [
  databaseUrl,
  databaseStatus,
  keyAccept,
  ...organisationCommands,
];
