import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { newDemoLink, openDemoLink } from "../support/demo-link";
import { freePort } from "../support/free-port";
import { endProcess, processOf, saysReady, startLauncher, untilHolds } from "../support/launcher";

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
  /** What lets a browser sign in as demo users. */
  demoCookie(): ReturnType<typeof openDemoLink>;
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
  const launcher = startLauncher({ dataDir, port }, extra);
  // Also when the bench itself is interrupted, nothing stays.
  const interrupted = () => void launcher.child.kill("SIGTERM");
  process.once("exit", interrupted);
  const url = `http://localhost:${port}`;
  let cookie: ReturnType<typeof openDemoLink> | undefined;
  try {
    const first = async (path: string) => {
      await untilHolds(launcher, () => answers(`${url}${path}`), pace);
      return (performance.now() - startedMs) / 1000;
    };
    const [health, signIn] = await Promise.all([first("/api/v1/health"), first("/sign-in")]);
    await untilHolds(launcher, () => saysReady(launcher), pace);
    return {
      url,
      dataDir,
      firstAnswer: { health, signIn },
      memory: () => memoryOf(dataDir),
      portalCpuMs: () => cpuMs(knownOf(dataDir, "portal")),
      demoCookie: async () => {
        cookie ??= newDemoLink(dataDir).then(openDemoLink);
        return await cookie;
      },
      stop: async () => {
        process.removeListener("exit", interrupted);
        await endProcess(launcher.child);
      },
    };
  } catch (error) {
    await endProcess(launcher.child);
    throw error;
  }
}

const pace = { limitMs: 240_000, everyMs: 10 };

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // No one listens yet.
    return false;
  }
}

function knownOf(dataDir: string, name: "portal" | "workers"): number {
  const { pid } = processOf(dataDir, name);
  if (!pid) throw new Error(`The launcher noted no ${name}.`);
  return pid;
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
  const portal = familyOf(knownOf(dataDir, "portal"));
  const workers = familyOf(knownOf(dataDir, "workers"));
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
