/**
 * The administrator's command line: `npm run -s admin -- <command>`. Uses the running database, or starts the
 * embedded one for as long as the command takes.
 */
import { existsSync } from "node:fs";
import { messageOf } from "@/lib/kernel/errors";
import { escapeLines } from "@/lib/kernel/text";
import { findCommand, helpText, UsageError } from "@/lib/platform/command-line";
import { loadConfig, resetConfig } from "@/lib/platform/config";
import { embeddedLocation } from "@/lib/platform/db/embedded-location";
import { keepFilesPrivate } from "@/lib/platform/storage";
import { openDatabase } from "./launch";

// Standard output belongs to the command's result.
process.env.LOG_LEVEL ??= "silent";
keepFilesPrivate();

async function main(args: string[]): Promise<number> {
  const config = loadConfig(process.env);
  const { adminCommands } = await import("./admin-commands");
  if (args.length === 0 || args[0] === "help" || args[0] === "--help") {
    console.log(helpText(adminCommands));
    return 0;
  }
  const { command, values, positionals } = findCommand(adminCommands, args);
  const print = (line: string) => void process.stdout.write(`${escapeLines(line)}\n`);
  if (command.standalone) {
    await command.run({ values, positionals, print });
    return 0;
  }
  if (!config.databaseUrl && !existsSync(embeddedLocation(config.dataDir).cluster)) {
    throw new UsageError(
      `No Rostrum data in ${config.dataDir}. Set DATA_DIR or DATABASE_URL, or run npm start.`,
    );
  }
  const database = await openDatabase(config, process.cwd(), (line) => console.error(line));
  process.env.DATABASE_URL = database.url;
  delete process.env.DATABASE_OWNER_URL;
  if (database.server) process.env.ROSTRUM_EMBEDDED = "1";
  resetConfig();
  try {
    await command.run({ values, positionals, print });
    return 0;
  } finally {
    const { closeDb } = await import("@/lib/platform/db");
    await closeDb();
    if (database.server && !database.server.adopted) await database.server.stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const said =
    error instanceof UsageError ? `${error.message}\nSee: npm run -s admin -- help` : messageOf(error);
  console.error(escapeLines(said));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
// Clients that features opened (queue, events) must not keep a finished command waiting.
process.exit();
