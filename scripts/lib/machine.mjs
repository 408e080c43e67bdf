import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dim, say, seconds } from "./output.mjs";

const isRoot = process.getuid?.() === 0;

function has(program) {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  return path.split(":").some((directory) => existsSync(join(directory, program)));
}

/** What the tests want of the machine: a program, the Debian package with it, and what is skipped without it. */
const wanted = [
  { program: "chromium", package: "chromium", without: "browser tests can't run", required: true },
  { program: "redis-server", package: "redis-server", without: "tests of the Redis queue are skipped" },
  { program: "dockerd", package: "docker.io", without: "tests of the Docker cloud are skipped" },
  { program: "bwrap", package: "bubblewrap", without: "components are isolated by unshare alone" },
  {
    program: "nft",
    package: "nftables",
    without: "networks of environments are shared and their tests skipped",
  },
  {
    program: "ip",
    package: "iproute2",
    without: "networks of environments are shared and their tests skipped",
  },
  { program: "busybox", package: "busybox-static", without: "tests of the Docker cloud are skipped" },
];

/** Installs what is missing where that is possible (root on Debian), and says what stays missing. */
export async function ensurePrograms(names) {
  const missing = wanted.filter(
    (one) => names.includes(one.program) && !has(one.program) && !isProvided(one),
  );
  if (missing.length === 0) return;
  if (isRoot && has("apt-get")) {
    const packages = missing.map((one) => one.package);
    say(`  Installing ${packages.join(", ")} …`);
    const startedMs = Date.now();
    const options = {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      timeout: 300_000,
      encoding: "utf8",
    };
    spawnSync("apt-get", ["update", "-q"], options);
    // A package that starts a service would do so here; tests start their own.
    const args = ["install", "-y", "-q", "--no-install-recommends", ...packages];
    const result = spawnSync("apt-get", args, { ...options, env: { ...options.env, RUNLEVEL: "1" } });
    if (result.status !== 0)
      say(`  apt-get failed: ${(result.stderr ?? "").trim().split("\n").slice(-3).join(" / ")}`);
    else say(`  Installed ${dim(seconds(Date.now() - startedMs))}`);
  }
  for (const one of missing) {
    if (!has(one.program))
      say(`  SKIP: ${one.program} is missing (Debian: apt-get install ${one.package}): ${one.without}.`);
  }
}

function isProvided(one) {
  if (one.program === "chromium") return existsSync(process.env.CHROMIUM_PATH ?? "/usr/bin/chromium");
  return one.program === "dockerd" && dockerAnswers();
}

function dockerAnswers() {
  if (!process.env.DOCKER_HOST && !existsSync("/var/run/docker.sock")) return false;
  const result = spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 10_000 });
  return result.status === 0;
}

/**
 * Starts a Docker engine for the tests when none answers and this is root. Answers a function that ends it.
 * One that runs already is used and left alone.
 */
export async function ensureDocker() {
  if (dockerAnswers()) return async () => {};
  if (!isRoot || !has("dockerd")) {
    say(
      "  SKIP: no Docker engine is running and none can be started here: tests of the Docker cloud are skipped.",
    );
    return async () => {};
  }
  const home = mkdtempSync(join(tmpdir(), "rostrum-dockerd-"));
  const logFile = join(home, "dockerd.log");
  const log = openSync(logFile, "a");
  const child = spawn("dockerd", ["--data-root", join(home, "data"), "--exec-root", join(home, "run")], {
    detached: true,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    stdio: ["ignore", log, log],
  });
  let ended = false;
  child.on("exit", () => {
    ended = true;
  });
  child.on("error", () => {
    ended = true;
  });
  const untilMs = Date.now() + 40_000;
  while (!ended && Date.now() < untilMs && !dockerAnswers()) await sleep(500);
  const stop = async () => {
    if (!ended && child.pid) process.kill(child.pid, "SIGTERM");
    const limitMs = Date.now() + 15_000;
    while (!ended && Date.now() < limitMs) await sleep(100);
    if (!ended && child.pid) process.kill(child.pid, "SIGKILL");
    rmSync(home, { recursive: true, force: true });
  };
  if (dockerAnswers()) return stop;
  const tail = spawnSync("tail", ["-n", "3", logFile], { encoding: "utf8" }).stdout?.trim();
  say(`  SKIP: dockerd didn't start: tests of the Docker cloud are skipped. ${tail}`);
  await stop();
  return async () => {};
}
