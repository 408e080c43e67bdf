/**
 * Run by the launcher at every start, before the workers: fills an empty installation. Prints, on its last line and as
 * JSON, what the person at the terminal must be told, a failure included; the log goes elsewhere.
 */
import { ensureFirstStart } from "@/lib/features/setup";
import { AppError } from "@/lib/kernel/errors";
import { closeDb } from "@/lib/platform/db";

try {
  const outcome = await ensureFirstStart();
  await closeDb();
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  process.exit(0);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stdout.write(`${JSON.stringify({ refused: error.message })}\n`);
  process.exit(1);
}
