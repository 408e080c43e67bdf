/**
 * Run by the launcher at every start, before the workers: fills an empty installation. Prints, on its last line and as
 * JSON, what the person at the terminal must be told, a failure included; the log goes elsewhere. With `--demo-link` and
 * demo data that is also the token of a link; it passes through the pipe to the launcher alone.
 */
import { createDemoLink } from "@/lib/features/identity";
import { ensureFirstStart } from "@/lib/features/setup";
import { AppError } from "@/lib/kernel/errors";
import { systemActor } from "@/lib/platform/auth";
import { ConfigError } from "@/lib/platform/config";
import { closeDb, isConnectionError } from "@/lib/platform/db";
import { keepFilesPrivate } from "@/lib/platform/storage";
import { seedDemo } from "@/prisma/seed/seed-demo";

keepFilesPrivate();
try {
  const outcome = await ensureFirstStart(seedDemo);
  const wantsLink = process.argv.includes("--demo-link") && outcome.demo;
  const demoToken = wantsLink ? await createDemoLink(systemActor("start")) : null;
  await closeDb();
  process.stdout.write(`${JSON.stringify({ ...outcome, demoToken })}\n`);
  process.exit(0);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: refusalOf(error) })}\n`);
  process.exit(1);
}

/** What to tell of a failure that needs no stack. @throws every other one */
function refusalOf(error: unknown): string {
  if (error instanceof AppError || error instanceof ConfigError) return error.message;
  if (isConnectionError(error)) return "The database stopped during setup. Start Rostrum again to continue.";
  throw error;
}
