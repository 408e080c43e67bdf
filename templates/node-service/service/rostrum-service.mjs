import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * Prepares and starts the service beside this file: `fetch` clones the repository (on clouds that do not
 * do it themselves), `prepare` installs packages, `start` does what `npm start` does. Steps may be combined.
 */
const here = import.meta.dirname;
const source = process.env.SERVICE_SOURCE || "sample";
/** In a container the files beside this one belong to root; what is fetched goes where the service may write. */
const work = process.env.SERVICE_WORK || here;
const clone = join(work, "source");
/** Where `prepare` found npm, for `start`, which may be run with a barer environment. */
const npmNote = join(work, ".rostrum-npm");

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(command, args, cwd) {
  process.stdout.write(`$ ${[command, ...args].join(" ")}\n`);
  const result = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (result.error) fail(`Couldn’t start ${command}: ${result.error.message}`);
  if (result.status !== 0) fail(`${command} exited with ${result.status ?? result.signal}.`);
}

function serviceDir() {
  if (source === "sample") return join(here, "rostrum-sample");
  return existsSync(clone) ? clone : here;
}

function readPackage(dir) {
  const file = join(dir, "package.json");
  if (!existsSync(file)) fail("package.json not found at the root of the source.");
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return fail(`Couldn’t read package.json: ${error.message}`);
  }
}

/** npm as a script for this very Node: as npm itself says, as noted before, or where installations keep it. */
function findNpm() {
  const told = process.env.npm_execpath ?? (existsSync(npmNote) ? readFileSync(npmNote, "utf8") : "");
  if (existsSync(told)) return told;
  const places = [
    dirname(process.execPath),
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/local/bin",
    "/usr/bin",
  ];
  const scripts = [
    ...places.map((place) => join(place, "../lib/node_modules/npm/bin/npm-cli.js")),
    ...places.map((place) => join(place, "node_modules/npm/bin/npm-cli.js")),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
  ];
  return scripts.find(existsSync) ?? fail("npm was not found on this machine.");
}

function fetchSource() {
  if (source === "sample" || existsSync(clone)) return;
  mkdirSync(work, { recursive: true });
  if (source === "upload") return takeUpload();
  const url = process.env.SERVICE_GIT_URL;
  if (!url) fail("Enter the Git repository URL of the service.");
  run("git", ["clone", "--quiet", "--", url, clone], here);
  run("git", ["checkout", "--quiet", "--detach", resolveRef(process.env.SERVICE_GIT_REF || "main")], clone);
}

/** The cloud unpacked the archive beside this file; it is installed in a copy that the service may write to. */
function takeUpload() {
  const upload = join(here, "upload");
  if (!existsSync(upload)) fail("Choose an archive to upload.");
  cpSync(upload, clone, { recursive: true });
}

/** A branch of the remote, else a tag or a commit. */
function resolveRef(ref) {
  const branch = spawnSync("git", ["rev-parse", "--verify", "--quiet", `refs/remotes/origin/${ref}`], {
    cwd: clone,
  });
  return branch.status === 0 ? `refs/remotes/origin/${ref}` : ref;
}

function prepare() {
  const dir = serviceDir();
  const { dependencies = {} } = readPackage(dir);
  const locked = ["package-lock.json", "npm-shrinkwrap.json"].some((name) => existsSync(join(dir, name)));
  const flags = ["--omit=dev", "--no-audit", "--no-fund"];
  if (locked) run(process.execPath, [findNpm(), "ci", ...flags], dir);
  else if (Object.keys(dependencies).length > 0) run(process.execPath, [findNpm(), "install", ...flags], dir);
  else process.stdout.write("No packages to install.\n");
  if (process.env.npm_execpath) writeFileSync(npmNote, process.env.npm_execpath);
}

function start() {
  const dir = serviceDir();
  const script =
    readPackage(dir).scripts?.start ?? (existsSync(join(dir, "server.js")) ? "node server.js" : "");
  if (script.trim() === "") fail('package.json has no "start" script.');
  // A plain "node file" is started directly: npm and its shell would stand between it and SIGTERM.
  const plain = /^node(?:\s+[\w./:=@-]+)+$/.test(script.trim());
  const args = plain ? script.trim().split(/\s+/).slice(1) : [findNpm(), "start", "--silent"];
  const child = spawn(process.execPath, args, { cwd: dir, stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`Couldn’t start the service: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

const steps = { fetch: fetchSource, prepare, start };
for (const name of process.argv.slice(2)) {
  if (!Object.hasOwn(steps, name)) fail(`Unknown step "${name}". Use ${Object.keys(steps).join(", ")}.`);
  steps[name]();
}
