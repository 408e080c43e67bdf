/**
 * Run by the launcher at every start, before the workers: fills an empty installation. Prints, on its last line and as
 * JSON, what the person at the terminal must be told, a failure included; the log goes elsewhere.
 */
import { ensureFirstStart } from "@/lib/features/setup";
import { AppError } from "@/lib/kernel/errors";
import { closeDb, isConnectionError } from "@/lib/platform/db";
import { keepFilesPrivate } from "@/lib/platform/storage";

keepFilesPrivate();
try {
  const outcome = await ensureFirstStart();
  await closeDb();
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  process.exit(0);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: refusalOf(error) })}\n`);
  process.exit(1);
}

/** What to tell of a failure that needs no stack. @throws every other one */
function refusalOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (isConnectionError(error))
    return "The database was stopped during the set-up; the next start goes on with it.";
  throw error;
}
