/**
 * What every attacker has at hand. It knows where everything lies that it must not reach (`T`), never what it says:
 * a canary in its output was read. What it could do without reading anything it says in a line `REACHED …`.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export { fs };
export const here = dirname(fileURLToPath(import.meta.url));
export const T = JSON.parse(process.env.TARGETS);
export const token = T.token;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const say = (text) => fs.writeSync(1, `${text}\n`);
export const reach = (what) => say(`REACHED ${what}`);

/** Tries something that must fail; what it answers, or nothing. */
export function attempt(what, work) {
  try {
    const answer = work();
    if (what && answer !== false) reach(what);
    return answer;
  } catch (error) {
    say(`denied ${what || "attempt"}: ${error.code ?? error.message}`);
    return undefined;
  }
}

/** Prints what of a file can be read, its first 64 KiB: the harness looks for canaries in it. */
export function loot(path) {
  try {
    const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const buffer = Buffer.alloc(65_536);
    const count = fs.readSync(file, buffer, 0, buffer.length, null);
    fs.closeSync(file);
    say(`LOOT ${path}: ${JSON.stringify(buffer.subarray(0, count).toString("latin1"))}`);
    return true;
  } catch (error) {
    say(`denied ${path}: ${error.code}`);
    return false;
  }
}

/** Reads every small file below some folders and prints those that hold a canary. */
export function walk(roots, { depth = 7, files = 20_000, ms = 4_000 } = {}) {
  const until = Date.now() + ms;
  let seen = 0;
  const into = (path, level) => {
    if (seen > files || Date.now() > until) return;
    let entries;
    try {
      entries = fs.readdirSync(path, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      const full = join(path, entry.name);
      if (entry.isDirectory() && level < depth) into(full, level + 1);
      else if (entry.isFile()) {
        seen += 1;
        try {
          if (fs.statSync(full).size > 1_048_576) continue;
          const text = fs.readFileSync(full, "latin1");
          const at = text.indexOf("CANARY-");
          if (at >= 0) say(`LOOT ${full}: ${text.slice(at, at + 80)}`);
        } catch {
          // Not readable: the next one.
        }
      }
    }
  };
  for (const root of roots) into(root, 0);
  say(`walked ${seen} files`);
}

/** Ids of all processes that can be seen, without this one. */
export function pids() {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number);
}

/** Whether this process has a namespace of another kind than the harness: what is done inside then stays inside. */
export function isApart(kind) {
  try {
    return fs.readlinkSync(`/proc/self/ns/${kind}`) !== T.hostNamespaces[kind];
  } catch {
    return false;
  }
}

/** Runs the Perl kit, which reaches system calls that Node has no name for; passes on what it prints. */
export function perl(...args) {
  const found = spawnSync("/usr/bin/perl", [join(here, "kit.pl"), ...args.map(String)], {
    encoding: "latin1",
    timeout: 20_000,
    env: { ...process.env, PATH: "/usr/bin:/bin" },
  });
  if (found.error) say(`perl: ${found.error.code}`);
  const text = `${found.stdout ?? ""}${found.stderr ?? ""}`;
  if (text) say(text.trimEnd());
  return text;
}

/** A system call by its name: its answer, -1 when it was refused. */
export function syscall(name, ...args) {
  const match = /= (-?\d+)/.exec(perl("call", name, ...args));
  return match ? Number(match[1]) : -1;
}

/** Says that the attack is over and stays, as a component does. */
export function done() {
  say("HOSTILE DONE");
  setInterval(() => undefined, 60_000);
}
