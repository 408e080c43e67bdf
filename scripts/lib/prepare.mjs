import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { oneAtATime } from "./one-at-a-time.mjs";
import { Halt, say, timed } from "./output.mjs";
import { withUsualUmask } from "./private-files.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const stamps = join(root, ".stamps");

/** Directories and files a step depends on; a change of any of them makes the step run again. */
const inputs = {
  dependencies: ["package-lock.json"],
  client: ["prisma/schema", "prisma.config.ts", "package-lock.json"],
  apiTypes: [
    ...["app/api", "lib", "prisma/schema", "scripts/generate-api-types.ts"],
    ...["package.json", "package-lock.json"],
  ],
  bundles: [
    "lib",
    "workers",
    "scripts",
    "prisma/schema",
    "prisma/seed",
    "tsconfig.json",
    "package-lock.json",
  ],
  templates: ["templates", "scripts/build-templates.ts", "package-lock.json"],
  portal: [
    ...["app", "components", "lib", "public", "prisma/schema", "proxy.ts", "instrumentation.ts"],
    ...["next.config.mjs", "postcss.config.mjs", "tsconfig.json", "package-lock.json"],
  ],
};

/** @throws Halt when a directory cannot be created or written; `advice` is what to do then */
export function checkWritable(directory, advice) {
  const probe = join(directory, `.write-${process.pid}`);
  try {
    makeDirectory(directory);
    // A full disk still takes empty files.
    writeFileSync(probe, Buffer.alloc(64 * 1024));
  } catch (error) {
    const isFull = error.code === "ENOSPC" || error.code === "EDQUOT";
    const problem = isFull ? `No space left in ${directory}` : `Can't write to ${directory}`;
    throw new Halt(
      `${problem} (${error.code ?? error.message}). ${isFull ? "Free up space, or: " : ""}${advice}`,
    );
  } finally {
    if (existsSync(probe)) rmSync(probe);
  }
}

/** Level by level: Node's recursive way never ends on file systems like /proc. */
function makeDirectory(directory) {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  mkdirSync(directory);
  // Where Rostrum is root, programs of other users pass through to their own folders, and see nothing on the way.
  chmodSync(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** A digest of names, sizes and times of the files below the inputs of a step; no file is read. */
export function fingerprint(step) {
  const hash = createHash("sha256").update(process.versions.node);
  const visit = (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return;
    if (!stats.isDirectory()) {
      hash.update(`${path}:${stats.size}:${Math.round(stats.mtimeMs)}\n`);
      return;
    }
    for (const entry of readdirSync(path).sort()) {
      if (entry !== "node_modules" && !entry.endsWith(".test.ts")) visit(join(path, entry));
    }
  };
  for (const input of inputs[step]) visit(join(root, input));
  return hash.digest("hex");
}

function isFresh(step, results) {
  const file = join(stamps, step);
  if (!results.every((result) => existsSync(join(root, result)))) return false;
  return existsSync(file) && readFileSync(file, "utf8") === fingerprint(step);
}

/** The stamp is taken before the work, so that a change made meanwhile is noticed by the next start. */
async function refresh(step, label, results, work) {
  if (isFresh(step, results)) return;
  const wait = ({ pid }) => say(`  Another process (PID ${pid}) is preparing this folder. Waiting…`);
  await oneAtATime(join(stamps, "lock"), () => redo(step, label, results, work), wait);
}

async function redo(step, label, results, work) {
  // The process that was waited for may have done it.
  if (isFresh(step, results)) return;
  const before = fingerprint(step);
  rmSync(join(stamps, step), { force: true });
  await timed(label, work);
  stamp(step, step === "dependencies" ? fingerprint(step) : before);
}

function stamp(step, content) {
  withUsualUmask(() => {
    mkdirSync(stamps, { recursive: true });
    writeFileSync(join(stamps, step), content);
  });
}

export async function ensureDependencies() {
  checkWritable(root, "Rostrum installs and builds in this folder. Use a folder you can write to.");
  if (isInstalled()) {
    stamp("dependencies", fingerprint("dependencies"));
  }
  await refresh("dependencies", "Installing packages", ["node_modules/next/package.json"], install);
}

async function install() {
  const quiet = ["--no-audit", "--no-fund", "--include=dev"];
  try {
    await run("npm", ["ci", ...quiet], "npm ci");
  } catch (error) {
    // A lock file made on one platform may lack the optional packages of another; `npm ci` refuses that.
    if (!error.output?.includes("EUSAGE")) throw error;
    await run("npm", ["install", "--no-save", ...quiet], "npm install");
  }
}

/** Whether `npm ci` was run by hand for this very lock file: npm leaves a copy of what it installed. */
function isInstalled() {
  const marker = statSync(join(root, "node_modules/.package-lock.json"), { throwIfNoEntry: false });
  const lock = statSync(join(root, "package-lock.json"));
  return marker !== undefined && marker.mtimeMs >= lock.mtimeMs;
}

export async function ensureClient() {
  await refresh("client", "Generating the database client", ["gen/prisma/client.ts"], () =>
    run(process.execPath, [join(root, "scripts/db-generate.mjs")], "prisma generate"),
  );
}

/** The API's document as types: what checks types needs it, what runs does not. */
export async function ensureApiTypes() {
  await ensureClient();
  await refresh("apiTypes", "Generating the API's types", ["gen/api/paths.ts"], () =>
    run(
      process.execPath,
      ["--import", "tsx", join(root, "scripts/generate-api-types.ts")],
      "generate-api-types",
    ),
  );
}

/** Bundles what runs outside Next into dist/: the launcher's own parts, workers, setup and command line. */
export async function ensureBundles() {
  await ensureClient();
  await refresh("bundles", "Building the workers", ["dist/launch.mjs", "dist/archive-thread.mjs"], bundle);
  await refresh("templates", "Building the templates", ["dist/templates"], () =>
    run(
      process.execPath,
      ["--import", "tsx", join(root, "scripts/build-templates.ts"), "dist/templates"],
      "templates",
    ),
  );
}

async function bundle() {
  // esbuild comes out of node_modules, which exist only by now.
  const { build, stop } = await import(pathToFileURL(join(root, "node_modules/esbuild/lib/main.js")).href);
  const entries = {
    launch: "scripts/launch.ts",
    workers: "workers/main.ts",
    ...(existsSync(join(root, "lib/features/setup/index.ts")) && { setup: "scripts/setup.ts" }),
    admin: "scripts/admin.ts",
    "archive-thread": "lib/platform/archive/thread.ts",
  };
  const present = Object.entries(entries).filter(([, file]) => existsSync(join(root, file)));
  removeOldBundles();
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir: join(root, "dist"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    define: { "process.env.ROSTRUM_BUNDLED": '"1"' },
    sourcemap: true,
    // Node keeps what it reads of the map; names and lines are enough for a stack.
    sourcesContent: false,
    logLevel: "error",
  });
  // Its helper process would stay for as long as the launcher does.
  await stop();
}

/** Workers that run load parts of their bundle late; so what a rebuild replaces is kept for a day. */
function removeOldBundles() {
  const dist = join(root, "dist");
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) {
    const file = join(dist, name);
    const isOld = Date.now() - statSync(file).mtimeMs > 86_400_000;
    if (isOld && (name.endsWith(".mjs") || name.endsWith(".map"))) rmSync(file);
  }
}

export async function ensurePortal() {
  await refresh("portal", "Building the portal", [".next/BUILD_ID"], () =>
    run(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], "next build", {
      NODE_ENV: "production",
    }),
  );
}

/** Everything `npm start` needs that is not data. */
export async function prepare() {
  await ensureDependencies();
  await ensureBundles();
  await ensurePortal();
}

const preparing = new Set();

/** Ends what `run` runs at this moment. */
export function endPreparation() {
  for (const child of preparing) child.kill("SIGTERM");
}

/** Runs a program quietly. @throws Halt with the end of its output when it fails */
export async function run(program, args, name, env = {}) {
  const child = withUsualUmask(() =>
    spawn(program, args, {
      cwd: root,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  preparing.add(child);
  let output = "";
  const collect = (chunk) => {
    output = (output + chunk).slice(-60_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const code = await new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  }).finally(() => preparing.delete(child));
  if (code !== 0) {
    const tail = output.trim().split("\n").slice(-40).join("\n");
    throw Object.assign(new Halt(`${name} failed (exit code ${code}):\n${tail}`), { output });
  }
}

/**
 * Node's flags for portal and workers. What lives in their heaps is around 120 MB; without a bound V8 lets garbage pile
 * up to several times that before it collects, with one it collects in time. An operator's own bound in NODE_OPTIONS
 * counts instead.
 */
export function heapFlags() {
  return process.env.NODE_OPTIONS?.includes("max-old-space-size") ? [] : ["--max-old-space-size=256"];
}

/** Node's flags for workers: what a step makes is garbage a moment later, and a larger nursery sorts it out less often. */
export function workerFlags() {
  return [...heapFlags(), "--max-semi-space-size=64"];
}
