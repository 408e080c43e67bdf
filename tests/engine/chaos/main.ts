import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { runChaos } from "./scenario";
import { buildWorker, removeWorkerBundle } from "./workers";

/**
 * Kills workers, loses and repeats messages and restarts PostgreSQL while runs are under way; then counts.
 *   npm run test:chaos             50 runs of 20 steps and 10 of real processes, on each queue there is
 *   npm run test:chaos -- --short  the same with 10 and 2
 */
const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, queue: { type: "string" } },
});

function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const queues: ("postgres" | "redis")[] =
  values.queue === "redis" || values.queue === "postgres"
    ? [values.queue]
    : hasRedis()
      ? ["postgres", "redis"]
      : ["postgres"];
if (!values.queue && queues.length === 1)
  console.log("Redis mode is skipped: redis-server is not installed.");

await buildWorker();
let failed = 0;
let passed = 0;
try {
  for (const queue of queues) {
    const size = values.short
      ? { simulated: 10, real: 2, crashing: 1, workers: 2 }
      : { simulated: 50, real: 10, crashing: 3, workers: 3 };
    const problems = await runChaos({ queue, ...size });
    for (const problem of problems) console.error(`  ✗ ${problem}`);
    if (problems.length === 0) passed += 1;
    else failed += 1;
  }
} finally {
  await removeWorkerBundle();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
