import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type AdminCommand, type AdminInput, UsageError } from "@/lib/platform/command-line";
import { getConfig, getSecretKeys } from "@/lib/platform/config";
import { getDatabaseUrl } from "@/lib/platform/db";
import { claimDatabase } from "@/lib/platform/db/binding";
import { restoreInstallation, saveInstallation } from "@/lib/platform/installation";
import { startServer } from "./launch";

const backup: AdminCommand = {
  name: "backup",
  usage: "<folder>",
  summary:
    "Copy the installation (database, key, stored backups, audit heads) to a new folder. Works while Rostrum is running.",
  options: {},
  run: async (input) => {
    const target = folderOf(input);
    const { dataDir } = getConfig();
    const manifest = await saveInstallation({
      url: getDatabaseUrl(),
      dataDir,
      target,
      keys: getSecretKeys(),
    });
    const files = Object.keys(manifest.files).length;
    input.print(
      `Saved ${manifest.tables.length} tables and ${files} files to ${target}. The copy contains the key. Keep it private.`,
    );
  },
};

const restore: AdminCommand = {
  name: "restore",
  usage: "<folder> [--force]",
  summary: "Restore a copy into an empty data directory and database. With --force, replaces existing data.",
  options: { force: { type: "boolean" } },
  standalone: true,
  run: async (input) => {
    const copy = folderOf(input);
    if (!existsSync(copy)) throw new UsageError(`Folder not found: ${copy}`);
    const config = getConfig();
    const root = process.cwd();
    const common = {
      copy,
      dataDir: config.dataDir,
      migrations: `${root}/prisma/migrations`,
      force: input.values.force === true,
    };
    const { keptIn } = config.databaseUrl
      ? await restoreGiven(config.databaseOwnerUrl ?? config.databaseUrl, common)
      : await restoreEmbedded(common);
    if (keptIn) input.print(`Previous data moved to ${config.dataDir}/${keptIn}.`);
    input.print("Restore completed. Start Rostrum with npm start.");
  },
};

type Common = Omit<Parameters<typeof restoreInstallation>[0], "ownerUrl" | "embedded">;

async function restoreGiven(ownerUrl: string, common: Common) {
  // No one may run on it meanwhile; whose it was before does not matter, because it is empty.
  const claim = await claimDatabase({ url: ownerUrl, dataDir: common.dataDir, takeOver: true });
  try {
    return await restoreInstallation({ ...common, ownerUrl, embedded: false });
  } finally {
    await claim.release();
  }
}

async function restoreEmbedded(common: Common) {
  const server = await startServer(getConfig(), process.cwd());
  if (server.adopted) throw new Error("Rostrum is running on this data directory. Stop it first.");
  try {
    return await restoreInstallation({ ...common, ownerUrl: server.url, embedded: true });
  } finally {
    await server.stop();
  }
}

/** Relative to where npm was called; it moves to the folder of the package. */
function folderOf({ positionals }: AdminInput): string {
  const [folder, ...more] = positionals;
  if (!folder || more.length > 0) throw new UsageError("Specify one folder.");
  return resolve(process.env.INIT_CWD ?? process.cwd(), folder);
}

/** Commands that save and bring back the installation as a whole. */
export const installationCommands: readonly AdminCommand[] = [backup, restore];
