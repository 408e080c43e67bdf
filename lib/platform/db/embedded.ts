import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { whyNotListen } from "../exec/listen";
import { commandLineOf } from "../exec/process-identity";
import { ensureReachableTree, pathHash, runtimeDir } from "../exec/reachable";
import { rowsOn } from "./builder";
import { catalog } from "./catalog";
import {
  type EmbeddedLocation,
  embeddedAppUrl,
  embeddedDatabase,
  embeddedUrl,
  findRunningServer,
  hasItsFiles,
} from "./embedded-location";
import {
  assertCluster,
  chooseServerAccount,
  ensureAppPassword,
  ensureCluster,
  lastLines,
  type ServerAccount,
  ServerSetupError,
  serverEnvironment,
  settleLocation,
} from "./embedded-setup";
import { findPostgresBinaries } from "./postgres-binaries";
import { ensureAppRole } from "./roles";

export interface EmbeddedOptions {
  /** Absolute. */
  dataDir: string;
  runtimeDir?: string | undefined;
  /** The directory whose node_modules holds the PostgreSQL package; the working directory if absent. */
  root?: string;
  /** Further server settings, stronger than the built-in ones. */
  settings?: Record<string, string>;
  /** The cluster that must be there: none is made, here or elsewhere. Left out, one is made where there is none. */
  existing?: EmbeddedLocation;
  /** No flush to disk at all; for throw-away servers of tests. */
  careless?: boolean;
  /** Gets one line where there is something the operator should know. */
  note?: (line: string) => void;
  startTimeoutMs?: number;
}

/** A PostgreSQL server under the data directory. It outlives this process until `stop` is called. */
export interface EmbeddedPostgres {
  /** Of the owner, a superuser: for migrations and roles. */
  url: string;
  /** Of the role that portal and workers use. */
  appUrl: string;
  port: number;
  pid: number;
  /** It ran already, left by a launcher that was killed. */
  adopted: boolean;
  location: EmbeddedLocation;
  stop(mode?: "fast" | "immediate", timeoutMs?: number): Promise<void>;
}

const portWaitMs = 3_000;

const settings: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "64MB",
  effective_cache_size: "512MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  min_wal_size: "80MB",
  max_wal_size: "1GB",
  checkpoint_timeout: "15min",
  random_page_cost: "1.1",
  jit: "off",
  // The default starts three more processes; this server's working set fits in memory.
  io_method: "sync",
  fsync: "on",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
  log_min_messages: "warning",
  cluster_name: "rostrum",
};

/**
 * Makes the embedded server run: adopts one that runs on the data directory already and whose installation is still there,
 * else creates the cluster when there is none and starts it. Waits until it answers, crash recovery included.
 * @throws Error with a message fit for an operator
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const note = options.note ?? (() => {});
  const deadlineMs = Date.now() + (options.startTimeoutMs ?? 180_000);
  const location = options.existing ?? settleLocation(options.dataDir, options.runtimeDir, note);
  if (options.existing) assertCluster(location);
  let lastError: unknown;
  for (let attempt = 0; attempt < 6 && Date.now() < deadlineMs; attempt += 1) {
    try {
      const running = findRunningServer(location);
      if (running && hasItsFiles(running.pid)) return await takeOver(location, running, true, deadlineMs);
      if (running) {
        note("PostgreSQL runs from an installation that has been removed. Restarting it from this one.");
        await stopServer(location, running.pid, "fast", 20_000);
      }
      const started = await launch(location, options);
      return await takeOver(location, started, false, deadlineMs);
    } catch (error) {
      if (error instanceof ServerSetupError) throw error;
      // Two launchers at once, a server that is just ending, a port taken in between, memory of a killed server
      // not yet freed: look again.
      lastError = error;
      await sleep(500 * (attempt + 1));
    }
  }
  throw lastError;
}

async function launch(location: EmbeddedLocation, options: EmbeddedOptions) {
  const account = chooseServerAccount(location);
  const runtime = () => runtimeDir({ dataDir: options.dataDir, runtimeDir: options.runtimeDir });
  const installed = findPostgresBinaries(options.root ?? process.cwd());
  const binaries = account
    ? ensureReachableTree(installed, { ...account, directory: runtime() }, "bin/postgres")
    : installed;
  if (options.existing) assertCluster(location);
  await ensureCluster(location, { binaries, account, careless: options.careless ?? false });
  removeStalePidFile(location);
  const port = await choosePort(location);
  const chosen = {
    ...settings,
    ...(options.careless && { fsync: "off", full_page_writes: "off" }),
    ...options.settings,
  };
  const args = ["-D", location.cluster, "-p", String(port)];
  for (const [name, value] of Object.entries(chosen)) args.push("-c", `${name}=${value}`);
  const pid = await spawnServer(join(binaries, "bin", "postgres"), args, location, account);
  return { pid, port };
}

/** Starts the server in a session of its own: Ctrl-C in the terminal must not end it before its clients. */
async function spawnServer(
  program: string,
  args: string[],
  location: EmbeddedLocation,
  account: ServerAccount | undefined,
): Promise<number> {
  if (existsSync(location.logFile) && statSync(location.logFile).size > 10_000_000) {
    renameSync(location.logFile, `${location.logFile}.1`);
  }
  const logFd = openSync(location.logFile, "a", 0o600);
  try {
    const child = spawn(program, args, {
      cwd: "/",
      detached: true,
      env: serverEnvironment,
      stdio: ["ignore", logFd, logFd],
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    await new Promise<void>((done, fail) => {
      child.once("spawn", done);
      child.once("error", fail);
    });
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(logFd);
  }
}

async function takeOver(
  location: EmbeddedLocation,
  server: { pid: number; port: number },
  adopted: boolean,
  deadlineMs: number,
): Promise<EmbeddedPostgres> {
  await waitUntilAnswering(location, server, deadlineMs);
  const url = embeddedUrl(location, server.port);
  ensureAppPassword(location);
  const appUrl = embeddedAppUrl(location, server.port);
  await ensureAppRole({ ownerUrl: url, appUrl }, true);
  return {
    url,
    appUrl,
    ...server,
    adopted,
    location,
    stop: (mode = "fast", timeoutMs = 20_000) => stopServer(location, server.pid, mode, timeoutMs),
  };
}

async function waitUntilAnswering(
  location: EmbeddedLocation,
  server: { pid: number; port: number },
  deadlineMs: number,
): Promise<void> {
  let reason = "";
  while (Date.now() < deadlineMs) {
    if (!commandLineOf(server.pid).includes(location.cluster)) {
      const tail = existsSync(location.logFile) ? lastLines(readFileSync(location.logFile, "utf8")) : "";
      throw new Error(`PostgreSQL didn't start: ${tail || "no output"} (log: ${location.logFile})`);
    }
    const client = new pg.Client({
      connectionString: embeddedUrl(location, server.port, "postgres"),
      connectionTimeoutMillis: 2_000,
    });
    client.on("error", () => {
      // A connection that breaks while the server comes up is tried again below.
    });
    try {
      await client.connect();
      await ensureDatabase(client);
      return;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      await sleep(25);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error(`PostgreSQL on port ${server.port} isn't responding: ${reason} (log: ${location.logFile})`);
}

const ownDatabase = catalog
  .selectFrom("pg_database")
  .select("datname")
  .where("datname", "=", embeddedDatabase);

async function ensureDatabase(client: pg.Client): Promise<void> {
  const found = await rowsOn(client, ownDatabase);
  if (found.length === 0) await client.query(`CREATE DATABASE ${embeddedDatabase}`);
}

/**
 * A pid file whose process is another program now would make the server refuse to start. One that is still empty
 * may belong to a server that starts at this moment.
 */
function removeStalePidFile(location: EmbeddedLocation): void {
  const file = join(location.cluster, "postmaster.pid");
  if (!existsSync(file) || findRunningServer(location)) return;
  const isFresh = Date.now() - statSync(file).mtimeMs < 5_000;
  if (readFileSync(file, "utf8") === "" && isFresh) return;
  rmSync(file, { force: true });
}

/**
 * The port of the last start while it is free, else the next free one of a range of this directory's own. Processes of a
 * server that was killed hold its port for a moment: they notice one after another that their parent is gone.
 */
async function choosePort(location: EmbeddedLocation): Promise<number> {
  const first = 15_432 + (Number.parseInt(pathHash(location.home).slice(0, 6), 16) % 8_000);
  const isSaved = existsSync(location.portFile);
  const saved = isSaved ? Number(readFileSync(location.portFile, "utf8")) : first;
  const untilMs = Date.now() + (isSaved ? portWaitMs : 0);
  while (Date.now() < untilMs && !(await isPortFree(saved))) await sleep(50);
  for (let port = saved; port < saved + 200; port += 1) {
    if (!(await isPortFree(port))) continue;
    if (port !== saved || !isSaved) writeFileSync(location.portFile, `${port}\n`);
    return port;
  }
  throw new Error(`No free port for PostgreSQL in range ${saved}–${saved + 199} on 127.0.0.1.`);
}

/** Whether a server could listen on a port of 127.0.0.1 now. */
async function isPortFree(port: number): Promise<boolean> {
  return (await whyNotListen(port, "127.0.0.1")) === undefined;
}

async function stopServer(
  location: EmbeddedLocation,
  pid: number,
  mode: "fast" | "immediate",
  timeoutMs: number,
): Promise<void> {
  const isRunning = () => commandLineOf(pid).includes(location.cluster);
  const ladder: NodeJS.Signals[] =
    mode === "fast" ? ["SIGINT", "SIGQUIT", "SIGKILL"] : ["SIGQUIT", "SIGKILL"];
  for (const signal of ladder) {
    if (!isRunning()) return;
    process.kill(pid, signal);
    const untilMs = Date.now() + (signal === ladder[0] ? timeoutMs : 5_000);
    while (isRunning() && Date.now() < untilMs) await sleep(25);
  }
  if (isRunning()) throw new Error(`Couldn't stop PostgreSQL (PID ${pid}).`);
}
