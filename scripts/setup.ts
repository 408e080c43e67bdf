/**
 * Run by the launcher at every start, before the workers: fills an empty installation. Prints, on its last line and as
 * JSON, what the person at the terminal must be told; the log goes elsewhere.
 */
import { ensureFirstStart } from "@/lib/features/setup";
import { closeDb } from "@/lib/platform/db";

const outcome = await ensureFirstStart();
await closeDb();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit(0);
