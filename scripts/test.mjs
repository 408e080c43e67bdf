/**
 * `npm test`: everything that says whether Rostrum is right, in one command and from a clean clone. Stages can be
 * chosen: `npm test -- lint unit`. All stages run even after a failure; the very last line is
 * `N passed, N failed` over all of them, a static check counting as one.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureDocker, ensurePrograms } from "./lib/machine.mjs";
import { ensureNewerNode } from "./lib/newer-node.mjs";
import { bold, dim, Halt, plain, red, say, seconds } from "./lib/output.mjs";
import { ensureApiTypes, ensureBundles, ensureDependencies, ensurePortal, root } from "./lib/prepare.mjs";
import {
  countPlaywright,
  countVitest,
  failuresOfPlaywright,
  failuresOfVitest,
  sumUp,
} from "./lib/results.mjs";

const guardMs = 78 * 60_000;
const startedMs = Date.now();
const reports = join(root, "test-results");
const bin = (name) => join(root, "node_modules/.bin", name);

/** What confines components: the machine cloud works without, and is tested with. */
const isolation = ["bwrap", "nft", "ip"];

const stages = [
  { name: "lint", run: lint },
  { name: "types", run: types },
  { name: "migrations", run: () => check([bin("tsx"), "scripts/db-migration.ts", "--check"]) },
  { name: "arch", run: () => check([bin("tsx"), "scripts/check-architecture.ts"]) },
  { name: "unit", run: () => vitest("unit") },
  { name: "engine", run: () => vitest("engine") },
  {
    name: "integration",
    programs: ["redis-server", "dockerd", "busybox", ...isolation],
    docker: true,
    run: integration,
  },
  {
    name: "hostile",
    programs: ["dockerd", "busybox", ...isolation],
    docker: true,
    run: () => vitest("hostile"),
  },
  { name: "build", run: build },
  { name: "e2e", programs: ["chromium", "dockerd", "busybox", ...isolation], docker: true, run: playwright },
  { name: "node-24", programs: ["chromium", "redis-server", ...isolation], run: newerNode },
];

async function check(command) {
  const { code } = await runShown(command);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

async function lint() {
  const checks = [
    [bin("biome"), "check", "."],
    [bin("tsx"), "scripts/check-words.ts"],
    [bin("cspell"), "lint", "--no-progress", "."],
    [bin("knip"), "--no-progress"],
  ];
  const sum = { passed: 0, failed: 0 };
  for (const command of checks) {
    const { passed, failed } = await check(command);
    sum.passed += passed;
    sum.failed += failed;
  }
  return sum;
}

async function types() {
  // What an earlier build wrote down of the routes may be of routes that have moved since.
  if (existsSync(join(root, ".next/types"))) await runShown([bin("next"), "typegen"]);
  return await check([bin("tsc"), "--noEmit", "-p", "."]);
}

/** Tests that wait for containers, processes or clocks most of the time. They share no port with the others. */
const isWaiting = (file) => /^(docker-.*|machine-contract|job-.*|redis-away)\.test\.ts$/.test(file);

/** In two halves at once, each one file after the other: together they use both cores. */
async function integration() {
  const waiting = readdirSync(join(root, "tests/integration"))
    .filter(isWaiting)
    .map((file) => `tests/integration/${file}`);
  const counts = await Promise.all([
    vitest("integration", "integration-waiting", waiting),
    vitest(
      "integration",
      "integration",
      waiting.flatMap((file) => ["--exclude", file]),
    ),
  ]);
  const sum = (name) => counts.reduce((total, count) => total + (count[name] ?? 0), 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    failures: counts.flatMap((count) => count.failures),
  };
}

async function vitest(project, name = project, more = []) {
  const report = join(reports, `${name}.json`);
  const command = [bin("vitest"), "run", "--project", project, ...more];
  const { code } = await runShown([
    ...command,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  return { ...countVitest(report, code), failures: failuresOfVitest(report) };
}

async function build() {
  try {
    await ensureBundles();
    await ensurePortal();
    return { passed: 1, failed: 0 };
  } catch (error) {
    say(error.message);
    return { passed: 0, failed: 1 };
  }
}

async function playwright() {
  const report = join(reports, "e2e.json");
  const { code } = await runShown([bin("playwright"), "test"], { PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  return { ...countPlaywright(report, code), failures: failuresOfPlaywright(report) };
}

/** What depends on Node itself (processes, streams, sockets, modules), and the whole product, on the next Node. */
async function newerNode() {
  if (process.versions.node.startsWith("24.")) return { passed: 0, failed: 0 };
  const folder = ensureNewerNode();
  if (!folder) {
    say("  SKIP: npm has no Node 24 for this machine, or can't be reached.");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const vitestReport = join(reports, "node-24.json");
  const files = ["queue", "command-line", "machine-programs", "log-streams", "uploads"];
  const { code } = await runShown(
    [
      join(folder, "node"),
      join(root, "node_modules/vitest/vitest.mjs"),
      ...["run", "--project", "integration", ...files.map((name) => `tests/integration/${name}.test.ts`)],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`],
    ],
    env,
  );
  const report = join(reports, "node-24-e2e.json");
  const story = [join(root, "node_modules/@playwright/test/cli.js"), "test", "tests/e2e/story.spec.ts"];
  const browser = await runShown([join(folder, "node"), ...story], {
    ...env,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const counts = [countVitest(vitestReport, code), countPlaywright(report, browser.code)];
  const sum = (name) => counts.reduce((total, count) => total + (count[name] ?? 0), 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    failures: [...failuresOfVitest(vitestReport), ...failuresOfPlaywright(report)],
  };
}

const current = new Set();

/** Runs a command in a process group of its own, so that the guard ends all of it. */
async function runShown([program, ...args], env = {}) {
  const child = spawn(program, args, {
    cwd: root,
    detached: true,
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: "1",
      FORCE_COLOR: process.stdout.isTTY ? "1" : "0",
      ...env,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  current.add(child);
  const code = await new Promise((done) => {
    child.on("error", (error) => {
      say(error.message);
      done(1);
    });
    child.on("close", (exitCode) => done(exitCode ?? 1));
  });
  current.delete(child);
  return { code };
}

function endCurrent() {
  for (const { pid } of current) {
    if (!pid) continue;
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // It ended in this very moment.
    }
  }
}

async function prepareMachine(chosen) {
  await ensureDependencies();
  await ensureApiTypes();
  await ensurePrograms(chosen.flatMap((stage) => stage.programs ?? []));
  return chosen.some((stage) => stage.docker) ? await ensureDocker() : async () => {};
}

function choose(names) {
  if (names.length === 0) return stages;
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length === 0) return stages.filter((stage) => names.includes(stage.name));
  throw new Halt(
    `Unknown stage ${unknown.join(", ")}. Choose from ${stages.map((stage) => stage.name).join(", ")}.`,
  );
}

async function main() {
  const chosen = choose(process.argv.slice(2).filter((arg) => !arg.startsWith("-")));
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const stopDocker = await prepareMachine(chosen);
  const results = [];
  let outOfTime = false;
  const guard = setTimeout(() => {
    outOfTime = true;
    say(red(`Timed out after ${guardMs / 60_000} minutes.`));
    endCurrent();
  }, guardMs);
  process.on("SIGINT", () => {
    outOfTime = true;
    endCurrent();
  });
  for (const stage of chosen) {
    const stageMs = Date.now();
    heading(stage.name);
    const count = outOfTime ? { passed: 0, failed: 1 } : await stage.run();
    results.push({ stage: stage.name, count, ms: Date.now() - stageMs });
  }
  clearTimeout(guard);
  await stopDocker();
  await runShown([bin("tsx"), "tests/support/stop-server.ts"]);
  summarize(results);
}

function heading(name) {
  say("");
  say(bold(`── ${name}`));
}

function summarize(results) {
  const failures = results.flatMap(({ count }) => count.failures ?? []);
  if (failures.length > 0) heading("failed");
  for (const { test, lines } of failures) {
    say(red(test));
    for (const line of lines) say(`  ${plain(line)}`);
  }
  heading("results");
  for (const { stage, count, ms } of results) {
    const line = `${stage.padEnd(12)} ${sumUp([count]).padEnd(36)} ${dim(seconds(ms))}`;
    say(count.failed > 0 ? red(line) : line);
  }
  say(`${"".padEnd(12)} ${dim(`in ${seconds(Date.now() - startedMs)}`)}`);
  const counts = results.map((result) => result.count);
  process.exitCode = counts.some((count) => count.failed > 0) ? 1 : 0;
  say(sumUp(counts));
}

try {
  await main();
} catch (error) {
  say(red(error instanceof Halt ? error.message : error.stack));
  say("0 passed, 1 failed");
  process.exitCode = 1;
}
