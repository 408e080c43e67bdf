import { organisationCommands } from "@/lib/features/admin-cli";
import { acceptKey, resealSecrets } from "@/lib/features/setup";
import { cliActor } from "@/lib/platform/auth";
import type { AdminCommand } from "@/lib/platform/command-line";
import { getDatabaseUrl, query } from "@/lib/platform/db";
import { installationCommands } from "./admin-installation";

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

/** Fails, and so exits with 1, while something is left that needs another key. */
const keyReencrypt: AdminCommand = {
  name: "key reencrypt",
  usage: "",
  summary:
    "Encrypt everything with the first key that an earlier one encrypted, so that that one can be dropped.",
  options: {},
  run: async ({ print }) => {
    const { key, places, left } = await resealSecrets(cliActor());
    for (const { what, changed } of places) if (changed > 0) print(`${changed}  ${what}`);
    const total = places.reduce((sum, place) => sum + place.changed, 0);
    print(`${total} encrypted again with key ${key}.`);
    if (left.length === 0) return print("Nothing needs another key any more: take the others away.");
    const still = left.map((one) => `${one.texts} ${one.what} (key ${one.key})`).join(", ");
    throw new Error(
      `Not all: ${still}. Put that key behind the first one and repeat this; what a lost key encrypted stays unreadable.`,
    );
  },
};

/** Every command of the administrator's command line. Features add theirs here. */
export const adminCommands: readonly AdminCommand[] = [
  databaseUrl,
  databaseStatus,
  keyAccept,
  keyReencrypt,
  ...installationCommands,
  ...organisationCommands,
];
