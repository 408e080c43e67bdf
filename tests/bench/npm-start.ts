import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Rostrum as `npm start` runs it, on a data directory of its own. */
export interface Product {
  url: string;
  dataDir: string;
  /** From the start of the launcher's process to the first 200, in seconds. */
  firstAnswer: { health: number; signIn: number };
  /** Resident memory of portal and workers, PostgreSQL left out, in MB (2^20). */
  memory(): { rss: number; pss: number; portal: number; workers: number };
  /** Processor time the portal has used so far: tells what a page costs even on a machine that is busy. */
  portalCpuMs(): number;
  stop(): Promise<void>;
}

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), "rostrum-bench-"));
}

export function removeDataDir(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}

/**
 * Starts the launcher of `npm start` and waits until health and the sign-in page answer.
 * @throws Error with the launcher's whole output when it ends before or does not answer within four minutes
 */
export async function startProduct(dataDir: string, extra: Record<string, string> = {}): Promise<Product> {
  const port = await freePort();
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: process.cwd(),
    env: { ...process.env, ...settings(dataDir, port), ...extra },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  // Also when the bench itself is interrupted, nothing stays.
  const interrupted = () => void child.kill("SIGTERM");
  process.once("exit", interrupted);
  const url = `http://127.0.0.1:${port}`;
  try {
    const first = async (path: string) => {
      await untilOk(`${url}${path}`, child, () => output);
      return (performance.now() - startedMs) / 1000;
    };
    const [health, signIn] = await Promise.all([first("/api/v1/health"), first("/sign-in")]);
    await until(
      () => output.includes("is ready at"),
      child,
      () => output,
    );
    return {
      url,
      dataDir,
      firstAnswer: { health, signIn },
      memory: () => memoryOf(dataDir),
      portalCpuMs: () => cpuMs(knownOf(dataDir).portal),
      stop: async () => {
        process.removeListener("exit", interrupted);
        await end(child);
      },
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** Nothing of the caller's own surroundings may change what is measured. */
function settings(dataDir: string, port: number): Record<string, string> {
  return {
    DATABASE_URL: "",
    REDIS_URL: "",
    PUBLIC_URL: "",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: dataDir,
    DEMO: "on",
    ADMIN_EMAIL: "admin@example.com",
    ADMIN_PASSWORD: "the bench does not use this",
  };
}

async function untilOk(url: string, child: ChildProcess, output: () => string): Promise<void> {
  await until(
    async () => {
      try {
        const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
        await response.arrayBuffer();
        return response.status === 200;
      } catch {
        // Nobody listens yet.
        return false;
      }
    },
    child,
    output,
  );
}

async function until(
  holds: () => boolean | Promise<boolean>,
  child: ChildProcess,
  output: () => string,
): Promise<void> {
  const limitMs = performance.now() + 240_000;
  while (!(await holds())) {
    if (child.exitCode !== null) throw new Error(`Rostrum ended with ${child.exitCode}:\n${output()}`);
    if (performance.now() > limitMs) throw new Error(`Rostrum does not answer:\n${output()}`);
    await sleep(10);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

interface Known {
  portal?: { pid: number };
  workers?: { pid: number };
}

function knownOf(dataDir: string): { portal: number; workers: number } {
  const known = JSON.parse(readFileSync(join(dataDir, "rostrum.pid"), "utf8")) as Known;
  if (!known.portal || !known.workers) throw new Error("The launcher noted no portal or no workers.");
  return { portal: known.portal.pid, workers: known.workers.pid };
}

/** Of all threads of a process, as the scheduler counts it. */
function cpuMs(pid: number): number {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return total;
}

/** Of the processes the launcher noted, with all their descendants. */
function memoryOf(dataDir: string): ReturnType<Product["memory"]> {
  const known = knownOf(dataDir);
  const portal = familyOf(known.portal);
  const workers = familyOf(known.workers);
  const sum = (pids: number[], field: "Rss" | "Pss") =>
    pids.reduce((total, pid) => total + residentKiB(pid, field), 0) / 1024;
  return {
    rss: sum([...portal, ...workers], "Rss"),
    pss: sum([...portal, ...workers], "Pss"),
    portal: sum(portal, "Rss"),
    workers: sum(workers, "Rss"),
  };
}

function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [
    pid,
    ...children
      .split(" ")
      .filter(Boolean)
      .flatMap((child) => familyOf(Number(child))),
  ];
}

function residentKiB(pid: number, field: "Rss" | "Pss"): number {
  const line = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(
    new RegExp(`^${field}:\\s+(\\d+) kB`, "m"),
  );
  if (!line) throw new Error(`The kernel does not say the ${field} of process ${pid}.`);
  return Number(line[1]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}
