import { organizationCommands } from "@/lib/features/admin-cli";
import { acceptKey, ensureFirstStart, resealSecrets, resetDemo } from "@/lib/features/setup";
import { cliActor } from "@/lib/platform/auth";
import type { AdminCommand } from "@/lib/platform/command-line";
import { getDatabaseUrl, query } from "@/lib/platform/db";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { installationCommands } from "./admin-installation";

const databaseUrl: AdminCommand = {
  name: "database url",
  usage: "",
  summary: "Print the database URL, including the password, for psql or a backup tool.",
  options: {},
  run: async ({ print }) => print(getDatabaseUrl()),
};

const databaseStatus: AdminCommand = {
  name: "database status",
  usage: "",
  summary: "Print the server version, the database size and the latest migration.",
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
  summary: "Accept a new key after losing the old one. Data encrypted with the old key is unrecoverable.",
  options: {},
  run: async ({ print }) => {
    const { lost, inUse } = await acceptKey(cliActor());
    if (lost === inUse) return print(`Key ${inUse} is already active.`);
    print(`Key ${inUse} is now active.${lost ? ` Key ${lost} is no longer used.` : ""}`);
  },
};

/** Fails, and so exits with 1, while something is left that needs another key. */
const keyReencrypt: AdminCommand = {
  name: "key reencrypt",
  usage: "",
  summary: "Re-encrypt all data with the first key, so that you can remove the earlier keys.",
  options: {},
  run: async ({ print }) => {
    const { key, places, left } = await resealSecrets(cliActor());
    for (const { what, changed } of places) if (changed > 0) print(`${changed}  ${what}`);
    const total = places.reduce((sum, place) => sum + place.changed, 0);
    print(`Re-encrypted ${total} values with key ${key}.`);
    if (left.length === 0) return print("All data uses the current key. You can remove the old keys.");
    const still = left.map((one) => `${one.texts} ${one.what} (key ${one.key})`).join(", ");
    throw new Error(
      `Couldn't re-encrypt ${still}. Add that key after the first one and run this command again. Data encrypted with a lost key is unrecoverable.`,
    );
  },
};

const demoReset: AdminCommand = {
  name: "demo reset",
  usage: "",
  summary: "Remove the demo data and create it again. Refuses while real things would be lost.",
  options: {},
  run: async ({ print }) => {
    const { environments, people } = await resetDemo(cliActor(), () => ensureFirstStart(seedDemo));
    print(`Removed ${environments} demo environments and ${people} demo users, and created the demo again.`);
    print(
      "Everyone who was signed in as a demo user is signed out. Get a link: npm run -s admin -- demo link",
    );
  },
};

/** Every command of the administrator's command line. Features add theirs here. */
export const adminCommands: readonly AdminCommand[] = [
  databaseUrl,
  databaseStatus,
  keyAccept,
  keyReencrypt,
  demoReset,
  ...installationCommands,
  ...organizationCommands,
];
