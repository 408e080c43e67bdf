/**
 * `npm start`, `npm run dev`: from whatever there is to a running Rostrum. Plain JavaScript without dependencies,
 * because it also installs them. Prepares (packages, client, bundles, portal), opens the database, then runs the
 * portal and the workers until Ctrl-C.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Child } from "./lib/child.mjs";
import { describeProcess, endAll, isRunning, ProcessFile } from "./lib/children.mjs";
import { DatabaseKeeper } from "./lib/database.mjs";
import { administratorLines, demoLines, firstStart } from "./lib/first-start.mjs";
import { bold, box, dim, Halt, plain, red, say, seconds } from "./lib/output.mjs";
import {
  checkWritable,
  endPreparation,
  ensureBundles,
  ensureDependencies,
  ensurePortal,
  heapFlags,
  root,
  workerFlags,
} from "./lib/prepare.mjs";
import { keepFilesPrivate } from "./lib/private-files.mjs";

const development = process.argv.includes("--dev");
const takeOver = process.argv.includes("--take-over");
const drainMs = 10_000;
const startedMs = Date.now();

/** What has to be undone when Rostrum ends, newest last. */
const running = {
  children: [],
  /** The start of the database while it is under way: it must not be left behind by a stop meanwhile. */
  opening: undefined,
  server: undefined,
  processes: undefined,
  /** The hold on a database given from outside. */
  claim: undefined,
  stopping: undefined,
  /** How the administrator of this start signs in, as long as no one has been told. */
  untold: [],
};

async function main() {
  await ensureDependencies();
  await ensureBundles();
  keepFilesPrivate();
  const launch = await import(pathToFileURL(join(root, "dist/launch.mjs")).href);
  const config = launch.loadConfig(process.env);
  checkWritable(config.dataDir, "Set DATA_DIR to a folder you can write to.");
  const copy = launch.unfinishedRestore(config.dataDir);
  if (copy)
    throw new Halt(`A restore was interrupted. Run it again: npm run -s admin -- restore ${copy} --force`);
  launch.checkKeyFile(config);
  mkdirSync(join(config.dataDir, "logs"), { recursive: true });
  const repaired = launch.repairPrivateFiles(config.dataDir);
  if (repaired.length > 0)
    say(`  Fixed permissions on files other users could access: ${launch.nameRepaired(repaired)}.`);
  running.processes = new ProcessFile(join(config.dataDir, "rostrum.pid"), (error) =>
    say(red(`  Can't write ${config.dataDir}/rostrum.pid (${error.code}). Retrying.`)),
  );
  await clearTheWay(launch, config);
  running.processes.set({ launcher: describeProcess(process.pid), url: config.publicUrl, root });
  onSignals();
  // The longest part comes after everything that can be refused at once.
  if (!development) await step(ensurePortal());

  if (config.redisUrl) await step(launch.checkRedis(config.redisUrl));
  running.claim = await step(launch.claimGiven(config, takeOver));
  running.opening = openDatabase(launch, config);
  const database = await step(running.opening);
  await running.claim?.bind();
  const env = childEnvironment(config, database);
  const portal = startChild("portal", portalCommand(config), env, config);
  const setup = await step(
    firstStart(env, { demoLink: true }).then((made) => {
      running.untold = administratorLines(made);
      return made;
    }),
  );
  startChild("workers", workersCommand(), env, config);
  await step(untilAnswering(config, portal));
  for (const warning of launch.startWarnings(config)) say(`  Warning: ${warning}`);
  say(box(welcome(config, setup)));
  running.untold = [];
}

/** Waits for one part of the start. Once Rostrum is being stopped nothing follows it: the stop ends the process. */
async function step(work) {
  try {
    return await work;
  } catch (error) {
    if (!running.stopping) throw error;
  } finally {
    if (running.stopping) await new Promise(() => {});
  }
}

async function openDatabase(launch, config) {
  const database = await launch.openDatabase(config, root, (line) => say(`  ${plain(line)}`));
  if (database.server) running.server = keepServer(launch, config, database.server);
  return database;
}

/** Refuses a second launcher, ends what a killed one left, and makes sure that the port is free. */
async function clearTheWay(launch, config) {
  const before = running.processes.read();
  if (isRunning(before.launcher)) {
    throw new Halt(
      `Rostrum is already running on ${config.dataDir} (${before.url}, PID ${before.launcher.pid}). Stop it, or set DATA_DIR and PORT to run another instance.`,
    );
  }
  const left = [before.portal, before.workers].filter(isRunning);
  if (left.length > 0) {
    say(`  Cleaning up processes from an interrupted start (${left.map((one) => one.pid).join(", ")}).`);
    await endAll(left, drainMs);
  }
  const problem = await launch.findPortProblem(config.port, config.host);
  if (problem) throw new Halt(problem);
}

/** Watches the embedded server; one that had to move to another port takes portal and workers with it. */
function keepServer(launch, config, server) {
  return new DatabaseKeeper({
    server,
    isRunning: launch.isServerRunning,
    start: (ended) => launch.restartServer(config, root, ended),
    onEnd: (text) => say(red(`  ${text}`)),
    onMoved: ({ appUrl }) => {
      for (const child of running.children) void child.restartWith({ DATABASE_URL: appUrl }, drainMs);
    },
  });
}

function childEnvironment(config, database) {
  const env = {
    ...process.env,
    NODE_ENV: development ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATABASE_URL: database.url,
    DATA_DIR: config.dataDir,
    HOST: config.host,
    PORT: String(config.port),
    PUBLIC_URL: config.publicUrl,
  };
  if (database.server) env.ROSTRUM_EMBEDDED = "1";
  // Portal and workers must not be able to become the owner.
  delete env.DATABASE_OWNER_URL;
  return env;
}

function portalCommand(config) {
  const next = join(root, "node_modules/next/dist/bin/next");
  const at = ["-H", config.host, "-p", String(config.port)];
  return development ? [next, "dev", ...at] : [...heapFlags(), next, "start", ...at];
}

function workersCommand() {
  if (!development) return [...workerFlags(), join(root, "dist/workers.mjs")];
  return [join(root, "node_modules/tsx/dist/cli.mjs"), "watch", "workers/main.ts"];
}

const names = { portal: "Portal", workers: "Workers" };

function startChild(name, args, env, config) {
  const logFile = join(config.dataDir, "logs", `${name}.log`);
  const child = new Child({
    command: process.execPath,
    args,
    env: { ...env },
    cwd: root,
    // Under a watcher that starts them again, the signs of life would end at the watcher.
    ...(!development && { logFile, hangLimitMs: config.health.hangLimitMs }),
    onStart: (known) => running.processes.set({ [name]: known }),
    onEnd: ({ reason, waitMs, hung }) =>
      say(
        red(
          `  ${names[name]} ${hung ? "stopped responding" : "exited"} (${reason}). Restarting in ${seconds(waitMs)}. Log: ${logFile}`,
        ),
      ),
    onProblem: (text) => say(red(`  ${text}`)),
  });
  child.logFile = logFile;
  running.children.push(child);
  child.start();
  return child;
}

async function untilAnswering(config, portal) {
  const host = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[config.host] ?? config.host;
  const url = `http://${host}:${config.port}/api/v1/health`;
  const limitMs = Date.now() + (development ? 180_000 : 60_000);
  let last = "no answer";
  while (Date.now() < limitMs) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(development ? 60_000 : 5_000) });
      if (response.status === 200) return;
      last = `status ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      last = error.cause?.message ?? error.message;
    }
    if (portal.restarts >= 3) break;
    await sleep(50);
  }
  const tail = existsSync(portal.logFile)
    ? readFileSync(portal.logFile, "utf8").trim().split("\n").slice(-15)
    : [];
  throw new Halt(
    `The portal is not responding at ${url} (${last}). Log: ${portal.logFile}\n${tail.join("\n")}`,
  );
}

const spaced = (lines) => (lines.length > 0 ? ["", ...lines] : []);

function welcome(config, setup) {
  const lines = [
    `${bold("Rostrum")} is ready at ${bold(config.publicUrl)} ${dim(`(${seconds(Date.now() - startedMs)})`)}`,
  ];
  lines.push(...spaced(demoLines(setup, config.publicUrl)));
  if (setup.demo)
    lines.push(
      "Demo users: developer, approver, project owner, finance, administrator, auditor. Switch in the demo bar.",
      "Administrators can reset or remove the demo data there.",
    );
  // The operator who chose the password knows how to sign in, and with demo data a link leads in.
  if (setup.adminPassword || !setup.demo) lines.push(...spaced(administratorLines(setup)));
  lines.push("", dim(`Data: ${config.dataDir}   Stop: Ctrl-C`));
  return lines;
}

function onSignals() {
  let firstMs;
  const handle = () => {
    firstMs ??= Date.now();
    // npm hands Ctrl-C on, so where its shell is replaced by this process the one key press comes twice.
    if (Date.now() - firstMs > 500) return force();
    void stop().then(
      () => process.exit(0),
      (error) => {
        say(red(`  ${error.message}`));
        process.exit(1);
      },
    );
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, handle);
  // The supervisor outlives its own mistakes: without it no one would start what ends.
  process.on("uncaughtException", (error) =>
    say(red(`  Unexpected error, continuing: ${plain(error.message)}`)),
  );
}

/** In order: no one asks any more, work in hand is finished or given back, then the database. */
function stop() {
  running.stopping ??= (async () => {
    if (running.children.length > 0) {
      say("");
      say("  Stopping… waiting for running jobs (press Ctrl-C again to force)");
    }
    endPreparation();
    await Promise.all(running.children.map((child) => child.stop(drainMs)));
    tellTheUntold();
    await running.opening?.catch(() => {
      // The one that waits for the start says why it failed.
    });
    await running.server?.stop("fast");
    await running.claim?.release();
    running.processes?.remove();
    if (running.children.length > 0) say("  Stopped. Your environments keep running.");
  })();
  return running.stopping;
}

function tellTheUntold() {
  for (const line of running.untold.splice(0)) say(`  ${line}`);
}

function force() {
  endPreparation();
  tellTheUntold();
  for (const child of running.children) child.kill();
  const server = running.server;
  void (server ? server.stop("immediate", 3_000) : Promise.resolve()).finally(() => {
    running.processes?.remove();
    process.exit(130);
  });
}

try {
  await main();
} catch (error) {
  const expected = error instanceof Halt || error.name === "ConfigError" || !process.env.DEBUG;
  say(`${red("Rostrum can't start.")} ${plain(expected ? error.message : error.stack)}`);
  const own = running.processes?.content.launcher !== undefined;
  if (own) await stop();
  process.exit(1);
}
