/**
 * `npm start`, `npm run dev`: from whatever there is to a running Rostrum. Plain JavaScript without dependencies,
 * because it also installs them. Prepares (packages, client, bundles, portal), opens the database, then runs the
 * portal and the workers until Ctrl-C.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Child, describeProcess, endAll, isRunning, ProcessFile } from "./lib/children.mjs";
import { bold, box, dim, Halt, red, say, seconds } from "./lib/output.mjs";
import {
  checkNode,
  checkWritable,
  ensureBundles,
  ensureDependencies,
  ensurePortal,
  root,
} from "./lib/prepare.mjs";

const development = process.argv.includes("--dev");
const drainMs = 10_000;
const startedMs = Date.now();

/** What has to be undone when Rostrum ends, newest last. */
const running = { children: [], server: undefined, processes: undefined, stopping: undefined };

async function main() {
  checkNode();
  await ensureDependencies();
  await ensureBundles();
  const launch = await import(pathToFileURL(join(root, "dist/launch.mjs")).href);
  const config = launch.loadConfig(process.env);
  checkWritable(config.dataDir, "Set DATA_DIR to a folder that is yours.");
  mkdirSync(join(config.dataDir, "logs"), { recursive: true });
  running.processes = new ProcessFile(join(config.dataDir, "rostrum.pid"));
  await clearTheWay(launch, config);
  running.processes.set({ launcher: describeProcess(process.pid), url: config.publicUrl, root });
  onSignals();
  // The longest part comes after everything that can be refused at once.
  if (!development) await ensurePortal();

  if (config.redisUrl) await launch.checkRedis(config.redisUrl);
  const database = await launch.openDatabase(config, root, (line) => say(`  ${line}`));
  running.server = database.server;
  const env = childEnvironment(config, database);
  const portal = startChild("portal", portalCommand(config), env, config);
  const setup = await firstStart(env);
  const workers = workersCommand();
  if (workers) startChild("workers", workers, env, config);
  await untilAnswering(config, portal);
  say(box(welcome(config, setup)));
}

/** Refuses a second launcher, ends what a killed one left, and makes sure that the port is free. */
async function clearTheWay(launch, config) {
  const before = running.processes.read();
  if (isRunning(before.launcher)) {
    throw new Halt(
      `Rostrum already runs on ${config.dataDir} (${before.url}, process ${before.launcher.pid}). Stop it first, or set DATA_DIR and PORT for a second one.`,
    );
  }
  const left = [before.portal, before.workers].filter(isRunning);
  if (left.length > 0) {
    say(`  The last start was killed; ending what it left (${left.map((one) => one.pid).join(", ")}).`);
    await endAll(left, drainMs);
  }
  if (await launch.isPortFree(config.port, config.host)) return;
  throw new Halt(
    `Port ${config.port} on ${config.host} is in use by another program. Choose another: PORT=${config.port + 1} npm start`,
  );
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
    NEXTAUTH_URL: config.publicUrl,
  };
  if (database.server) env.ROSTRUM_EMBEDDED = "1";
  return env;
}

function portalCommand(config) {
  const next = join(root, "node_modules/next/dist/bin/next");
  const at = ["-H", config.host, "-p", String(config.port)];
  return development ? [next, "dev", ...at] : [next, "start", ...at];
}

function workersCommand() {
  if (!existsSync(join(root, "workers/main.ts"))) return undefined;
  if (!development) return ["--enable-source-maps", join(root, "dist/workers.mjs")];
  return [join(root, "node_modules/tsx/dist/cli.mjs"), "watch", "workers/main.ts"];
}

function startChild(name, args, env, config) {
  const logFile = join(config.dataDir, "logs", `${name}.log`);
  const child = new Child({
    command: process.execPath,
    args,
    env,
    cwd: root,
    ...(!development && { logFile }),
    onStart: (known) => running.processes.set({ [name]: known }),
    onEnd: ({ reason, waitMs }) =>
      say(red(`  The ${name} ended (${reason}); starting again in ${seconds(waitMs)}. Log: ${logFile}`)),
  });
  child.logFile = logFile;
  running.children.push(child);
  child.start();
  return child;
}

/** Fills an empty database; answers what the person at the terminal must be told (JSON on the last line). */
async function firstStart(env) {
  const script = join(root, "dist/setup.mjs");
  if (!existsSync(script)) return {};
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env: { ...env, LOG_LEVEL: process.env.LOG_LEVEL ?? "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const code = await new Promise((done) => child.on("close", done));
  if (running.stopping) await running.stopping;
  if (code !== 0) throw new Halt(`The first-start setup failed (exit code ${code}):\n${output.trim()}`);
  return JSON.parse(output.trim().split("\n").at(-1) || "{}");
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
    `The portal does not answer at ${url} (${last}). Log: ${portal.logFile}\n${tail.join("\n")}`,
  );
}

function welcome(config, setup) {
  const lines = [
    `${bold("Rostrum")} is ready at ${bold(config.publicUrl)} ${dim(`(${seconds(Date.now() - startedMs)})`)}`,
  ];
  if (setup.demo)
    lines.push("", "Sign in with one click as a developer, an approver, finance or an administrator:");
  if (setup.demo) lines.push("the organisation you see is demo data and can be removed in the settings.");
  if (setup.adminEmail && setup.adminPassword) {
    lines.push("", `Administrator: ${bold(setup.adminEmail)}`, `Password:      ${bold(setup.adminPassword)}`);
    lines.push(dim("The password is shown this once; change it after signing in."));
  } else if (setup.adminEmail && !setup.demo) {
    lines.push("", `Administrator: ${setup.adminEmail}`);
  }
  lines.push("", dim(`Data: ${config.dataDir}   Stop: Ctrl-C`));
  return lines;
}

function onSignals() {
  let count = 0;
  const handle = (code) => () => {
    count += 1;
    if (count > 1) return force();
    void stop().then(() => process.exit(code));
  };
  process.on("SIGINT", handle(0));
  process.on("SIGTERM", handle(0));
  process.on("SIGHUP", handle(0));
}

/** In order: nobody asks any more, work in hand is finished or given back, then the database. */
function stop() {
  running.stopping ??= (async () => {
    if (running.children.length > 0)
      say("\n  Stopping: workers finish what they have in hand (Ctrl-C again to force) …");
    await Promise.all(running.children.map((child) => child.stop(drainMs)));
    await running.server?.stop("fast");
    running.processes?.remove();
    if (running.children.length > 0) say("  Stopped. What runs in your environments keeps running.");
  })();
  return running.stopping;
}

function force() {
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
  say(`${red("Rostrum cannot start.")} ${expected ? error.message : error.stack}`);
  const own = running.processes?.content.launcher !== undefined;
  if (own) await stop();
  process.exit(1);
}
