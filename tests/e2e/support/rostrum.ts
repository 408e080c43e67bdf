import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, type KnownProcess } from "../../../scripts/lib/children.mjs";

const startLimitMs = 300_000;
const stopLimitMs = 60_000;

/** A Rostrum of these tests: its own data directory and port, started by `npm start`'s own script. */
export interface Rostrum {
  dataDir: string;
  port: number;
}

/** The one under test, or null when the tests were pointed at somebody's running one, which they must not stop. */
export function testedRostrum(): Rostrum | null {
  const { ROSTRUM_DATA_DIR: dataDir, ROSTRUM_URL: url } = process.env;
  return dataDir && url ? { dataDir, port: Number(new URL(url).port) } : null;
}

export const urlOf = ({ port }: Rostrum): string => `http://localhost:${port}`;

/**
 * Starts it and waits for the frame that a person at the terminal waits for. It stays in the process group of the
 * tests, so that Ctrl-C and a time limit end it with them, and writes to a file, so that it outlives a test's process.
 * @throws Error with its output when it ends or does not get ready
 */
export async function startRostrum(rostrum: Rostrum): Promise<void> {
  const logFile = join(rostrum.dataDir, "launcher.log");
  const before = existsSync(logFile) ? statSync(logFile).size : 0;
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: process.cwd(),
    env: { ...process.env, ...settingsOf(rostrum) },
    stdio: ["ignore", log, log],
  });
  const output = () => readFileSync(logFile).subarray(before).toString();
  try {
    await untilReady(child, output);
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  }
  child.unref();
}

/** Stops it as Ctrl-C does; what runs in its environments goes on. */
export async function stopRostrum({ dataDir }: Rostrum): Promise<void> {
  const launcher = processOf(dataDir, "launcher");
  if (!isRunning(launcher)) return;
  process.kill(launcher.pid, "SIGTERM");
  const endMs = Date.now() + stopLimitMs;
  while (isRunning(launcher)) {
    if (Date.now() > endMs) throw new Error(`Rostrum (${launcher.pid}) did not stop in ${stopLimitMs} ms.`);
    await sleep(100);
  }
}

/**
 * Keeps the workers from beginning anything until the answer is called: what starts meanwhile is seen from its very
 * beginning, however slow the browser is. Without one of its own (null) nothing is held up.
 */
export function holdWorkers(rostrum: Rostrum | null): () => void {
  const workers = rostrum ? processOf(rostrum.dataDir, "workers") : nobody;
  if (!isRunning(workers)) return () => {};
  process.kill(workers.pid, "SIGSTOP");
  return () => {
    if (isRunning(workers)) process.kill(workers.pid, "SIGCONT");
  };
}

const nobody: KnownProcess = { pid: 0, start: "" };

/** As the launcher writes down who runs Rostrum. */
function processOf(dataDir: string, name: "launcher" | "workers"): KnownProcess {
  const file = join(dataDir, "rostrum.pid");
  if (!existsSync(file)) return nobody;
  return (JSON.parse(readFileSync(file, "utf8")) as Record<string, KnownProcess>)[name] ?? nobody;
}

/** Nothing of the developer's own surroundings may leak into the tests. */
function settingsOf({ dataDir, port }: Rostrum): Record<string, string> {
  return {
    DATABASE_URL: "",
    REDIS_URL: "",
    PUBLIC_URL: "",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: dataDir,
    DEMO: "on",
    ADMIN_EMAIL: "admin@example.com",
    ADMIN_PASSWORD: "browser tests sign in",
  };
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const endMs = Date.now() + startLimitMs;
  while (!output().includes("is ready at")) {
    if (child.exitCode !== null) throw new Error(`Rostrum ended with ${child.exitCode}:\n${output()}`);
    if (Date.now() > endMs) throw new Error(`Rostrum was not ready after ${startLimitMs} ms:\n${output()}`);
    await sleep(100);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}
