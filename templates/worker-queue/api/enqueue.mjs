import { readInteger, readText } from "../../_kit/config.mjs";
import { openDatabase } from "../../_kit/database.mjs";
import { createJobs, parseJobs } from "./src/jobs.mjs";
import { schema, schemaLockKey } from "./src/schema.mjs";

/** `node enqueue.mjs KIND COUNT`: the template offers it as an action on the running environment. */
const [kind = "primes", count = "100"] = process.argv.slice(2);
const database = openDatabase({
  url: readText("DATABASE_URL", ""),
  schema,
  lockKey: schemaLockKey,
  poolSize: 1,
});
const deadline = Date.now() + 10_000;
while (!database.state.ready && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
const jobs = createJobs({ database, attemptsAllowed: readInteger("JOB_ATTEMPTS", 3, 1, 20) });
const ids = await jobs.enqueue(parseJobs({ kind, count }));
await database.close();
process.stdout.write(`Queued ${ids.length} jobs, ${ids[0]} to ${ids.at(-1)}.\n`);
