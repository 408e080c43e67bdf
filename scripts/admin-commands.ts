import { organisationCommands } from "@/lib/features/admin-cli";
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

/** Every command of the administrator's command line. Features add theirs here. */
export const adminCommands: readonly AdminCommand[] = [databaseUrl, databaseStatus, ...organisationCommands];
