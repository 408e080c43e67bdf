import { execFileSync, spawnSync } from "node:child_process";
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

/** The product reads its configuration once per process, so every queue gets a process of its own. */
function runApart(queue: string): boolean {
  const own = [
    ...process.execArgv,
    process.argv[1] ?? "",
    "--queue",
    queue,
    ...(values.short ? ["--short"] : []),
  ];
  return spawnSync(process.execPath, own, { stdio: "inherit" }).status === 0;
}

async function runHere(queue: "postgres" | "redis"): Promise<boolean> {
  const size = values.short
    ? { simulated: 10, real: 2, crashing: 1, workers: 2, limitMs: 330_000 }
    : { simulated: 50, real: 10, crashing: 3, workers: 3, limitMs: 6 * 60_000 };
  // Ended early (Ctrl-C, a time limit), it still clears everything away.
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  await buildWorker();
  try {
    const problems = await runChaos({ queue, ...size }, stopped.signal);
    for (const problem of problems) console.error(`  ✗ ${problem}`);
    return problems.length === 0;
  } finally {
    await removeWorkerBundle();
  }
}

const [only] = queues;
const results = queues.length === 1 && only ? [await runHere(only)] : queues.map(runApart);
const passed = results.filter(Boolean).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exit(passed === results.length ? 0 : 1);
