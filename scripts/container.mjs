/**
 * What a container runs: `portal`, `workers`, `migrate` (migrations and first-start setup, then it ends), or
 * `admin …` (a command of the administrator). The process becomes the container's main one as far as signals are
 * concerned. `healthy portal` and `healthy workers` end with 0 when the container they are called in does its work.
 */
import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { administratorLines, demoLines, firstStart } from "./lib/first-start.mjs";
import { plain } from "./lib/output.mjs";
import { heapFlags, root, workerFlags } from "./lib/prepare.mjs";
import { keepFilesPrivate } from "./lib/private-files.mjs";

keepFilesPrivate();
const {
  auditPowersOf,
  checkKeyFile,
  isWorkerAlive,
  loadConfig,
  migrateGiven,
  nameRepaired,
  protectAdvice,
  repairPrivateFiles,
} = await import(pathToFileURL(join(root, "dist/launch.mjs")).href);
const config = await orHalt(() => loadConfig(process.env));

/** What an operator must know is one line; a stack would hide it. */
async function orHalt(work) {
  try {
    return await work();
  } catch (error) {
    console.error(`Rostrum can't start. ${plain(process.env.DEBUG ? error.stack : error.message)}`);
    process.exit(1);
  }
}

function become(args) {
  const env = { ...process.env, PUBLIC_URL: config.publicUrl };
  // The command line applies migrations too; portal and workers must not be able to become the owner.
  if (role !== "admin") delete env.DATABASE_OWNER_URL;
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  let told = false;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
    process.on(signal, () => {
      told = true;
      child.kill(signal);
    });
  }
  // Next ends by the signal it was sent (143): for the one who stopped the container that is a good end.
  child.on("exit", (code) => process.exit(told && (code === null || code > 128) ? 0 : (code ?? 1)));
}

const role = process.argv[2] ?? "portal";
if (!config.databaseUrl) {
  console.error("Set DATABASE_URL. In a container, Rostrum requires a separate PostgreSQL server.");
  process.exit(1);
}
if (["portal", "workers", "migrate", "admin"].includes(role)) {
  const repaired = await orHalt(() => repairPrivateFiles(config.dataDir));
  await orHalt(() => checkKeyFile(config));
  if (repaired.length > 0)
    console.error(`Fixed permissions on files other users could access: ${nameRepaired(repaired)}.`);
}
if (role === "portal") {
  const next = join(root, "node_modules/next/dist/bin/next");
  become([...heapFlags(), next, "start", "-H", config.host, "-p", String(config.port)]);
} else if (role === "workers") {
  become([...workerFlags(), join(root, "dist/workers.mjs")]);
} else if (role === "migrate") {
  const applied = await orHalt(() => migrateGiven(config.databaseUrl, root, config.databaseOwnerUrl));
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "The database is up to date.");
  for (const power of await orHalt(() => auditPowersOf(config.databaseUrl)))
    console.log(`${power} ${protectAdvice}`);
  const setup = await orHalt(() => firstStart(process.env, { show: (line) => console.log(plain(line)) }));
  for (const line of administratorLines(setup)) console.log(line);
  const command = "docker compose exec portal node scripts/container.mjs admin demo link";
  for (const line of demoLines(setup, config.publicUrl, command)) console.log(line);
} else if (role === "admin") {
  become([join(root, "dist/admin.mjs"), ...process.argv.slice(3)]);
} else if (role === "healthy") {
  process.exit((await orHalt(() => isHealthy(process.argv[3]))) ? 0 : 1);
} else {
  console.error(`Unknown role: ${role}. Use portal, workers, migrate or admin.`);
  process.exit(1);
}

async function isHealthy(what) {
  if (what === "workers") return await isWorkerAlive(config.databaseUrl, hostname());
  const answer = await fetch(`http://127.0.0.1:${config.port}/api/v1/health`, {
    signal: AbortSignal.timeout(8_000),
  });
  return answer.ok;
}
