import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Dockerode from "dockerode";
import { findLocalDocker } from "@/lib/clouds/docker";

const startTimeoutMs = 45_000;

/** A Docker engine for tests: one that was there, or one started for this process. */
export interface TestEngine {
  /** What goes into a cloud's configuration to reach it. */
  config: Record<string, unknown>;
  docker: Dockerode;
  /** Ends the engine if it was started here; one that was there is left running. */
  stop(): Promise<void>;
}

/** Whether this machine has a Docker engine or can start one; says on the console why when it cannot. */
export async function hasDocker(): Promise<boolean> {
  if (await findLocalDocker()) return true;
  const missing = cannotStart();
  if (missing) console.warn(`SKIPPED: Docker tests do not run here: ${missing}`);
  return missing === null;
}

function cannotStart(): string | null {
  if (process.getuid?.() !== 0) return "no engine answers, and only root can start one";
  return findDockerd() ? null : "no engine answers, and dockerd is not installed (Debian: docker.io)";
}

function findDockerd(): string | null {
  for (const path of ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"]) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next place is tried.
    }
  }
  return null;
}

/** Finds an engine or starts one on a private socket with its own data. Throws when neither works in time. */
export async function startTestEngine(): Promise<TestEngine> {
  const found = await findLocalDocker();
  if (found) {
    const docker = new Dockerode({
      host: undefined,
      ...found.config,
      protocol: "http",
    } as Dockerode.DockerOptions);
    return { config: found.config, docker, stop: async () => undefined };
  }
  const dockerd = findDockerd();
  if (!dockerd) throw new Error("dockerd is not installed");
  const dir = mkdtempSync(join(tmpdir(), "rostrum-dockerd-"));
  const socketPath = join(dir, "docker.sock");
  const log = openSync(join(dir, "log"), "a");
  const arguments_ = [
    ...["--data-root", join(dir, "data"), "--exec-root", join(dir, "exec"), "--pidfile", join(dir, "pid")],
    ...["-H", `unix://${socketPath}`, "--ip", "127.0.0.1", "--log-level", "warn"],
    // Its own address ranges: an engine of the same machine, or another test run, keeps the usual ones.
    ...["--bip", `10.${200 + (process.pid % 50)}.${process.pid % 250}.1/24`],
    ...["--default-address-pool", `base=10.${150 + (process.pid % 50)}.0.0/16,size=26`],
  ];
  const child = spawn(dockerd, arguments_, { stdio: ["ignore", log, log], detached: true });
  const docker = new Dockerode({ socketPath, host: undefined, protocol: "http" } as Dockerode.DockerOptions);
  try {
    await untilAnswering(docker, child, dir);
  } catch (error) {
    await stopEngine(child, dir);
    throw error;
  }
  return { config: { socketPath }, docker, stop: () => stopEngine(child, dir) };
}

async function untilAnswering(docker: Dockerode, child: ChildProcess, dir: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      await docker.ping();
      return;
    } catch {
      // It is still starting.
      await sleep(200);
    }
  }
  const log = readFileSync(join(dir, "log"), "utf8").split("\n").slice(-15).join("\n");
  throw new Error(`dockerd did not start within ${startTimeoutMs / 1000} s:\n${log}`);
}

async function stopEngine(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null && child.pid) {
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const late = sleep(20_000, "late", { ref: false });
    if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
  }
  unmountBelow(dir);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** An engine that was killed leaves its layers and namespaces mounted, which keeps the directory. */
function unmountBelow(dir: string): void {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${dir}/`))
    .reverse();
  for (const path of mounts) execFileSync("umount", ["-l", path]);
}
