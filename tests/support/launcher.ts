import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isRunning, type KnownProcess } from "../../scripts/lib/children.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const stopLimitMs = 60_000;

/** Where a Rostrum of the tests lives. */
export interface Place {
  dataDir: string;
  port: number;
}

/** The script of `npm start`, running. */
export interface Launcher {
  child: ChildProcess;
  /** Everything it has said since its start. */
  output(): string;
}

/**
 * Starts the script of `npm start` on a data directory of its own. It stays in the caller's process group, so that
 * Ctrl-C and a time limit end both, and writes to a file, so that it can outlive the caller.
 */
export function startLauncher(place: Place, extra: Record<string, string> = {}): Launcher {
  const logFile = join(place.dataDir, "launcher.log");
  const before = existsSync(logFile) ? statSync(logFile).size : 0;
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: root,
    env: { ...process.env, ...settingsOf(place), ...extra },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  return { child, output: () => readFileSync(logFile).subarray(before).toString() };
}

/** Nothing of the caller's own surroundings may change what is tried. */
function settingsOf({ dataDir, port }: Place): Record<string, string> {
  return {
    DATABASE_URL: "",
    REDIS_URL: "",
    PUBLIC_URL: "",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: dataDir,
    DEMO: "on",
    ADMIN_EMAIL: "admin@example.com",
    ADMIN_PASSWORD: "tests sign in otherwise",
  };
}

/**
 * Looks again and again until something holds of a starting Rostrum.
 * @throws Error with the launcher's whole output when it ends before, or `limitMs` is over
 */
export async function untilHolds(
  { child, output }: Launcher,
  holds: () => boolean | Promise<boolean>,
  { limitMs, everyMs }: { limitMs: number; everyMs: number },
): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!(await holds())) {
    if (hasEnded(child)) {
      throw new Error(`Rostrum ended with ${child.exitCode ?? child.signalCode}:\n${output()}`);
    }
    if (Date.now() > endMs) throw new Error(`Rostrum was not ready after ${limitMs} ms:\n${output()}`);
    await sleep(everyMs);
  }
}

/** Whether the frame is there that a person at the terminal waits for. */
export const saysReady = ({ output }: Launcher): boolean => output().includes("is ready at");

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Ends a process that was started here; one that does not listen is killed after `graceMs`. */
export async function endProcess(child: ChildProcess, graceMs = stopLimitMs): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await gone;
  clearTimeout(forced);
}

/** Stops whichever Rostrum runs on a data directory, as Ctrl-C does; what runs in its environments continues. */
export async function stopRostrumOn(dataDir: string): Promise<void> {
  const launcher = processOf(dataDir, "launcher");
  if (!isRunning(launcher)) return;
  process.kill(launcher.pid, "SIGTERM");
  const endMs = Date.now() + stopLimitMs;
  while (isRunning(launcher)) {
    if (Date.now() > endMs) throw new Error(`Rostrum (${launcher.pid}) did not stop in ${stopLimitMs} ms.`);
    await sleep(100);
  }
}

const nobody: KnownProcess = { pid: 0, start: "" };

/** As the launcher writes down who runs Rostrum; someone who never ran where it did not. */
export function processOf(dataDir: string, name: "launcher" | "portal" | "workers"): KnownProcess {
  const file = join(dataDir, "rostrum.pid");
  if (!existsSync(file)) return nobody;
  return (JSON.parse(readFileSync(file, "utf8")) as Record<string, KnownProcess>)[name] ?? nobody;
}
