import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, expect, it } from "vitest";
import { freePort } from "../support/free-port";
import { endProcess, type Launcher, startLauncher, untilHolds } from "../support/launcher";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-private-"));
let launcher: Launcher | undefined;

afterAll(async () => {
  if (launcher) await endProcess(launcher.child);
  rmSync(dataDir, { recursive: true, force: true });
});

/** What others may do with what lies under a data directory, and why that is all right. */
const exceptions: { path: RegExp; most: number; why: string }[] = [
  { path: /^$/, most: 0o711, why: "as root: programs of other users pass to their own folders" },
  {
    path: /^(postgres|clouds|runtime)$/,
    most: 0o711,
    why: "the database server and components are other users there",
  },
  {
    path: /^(clouds|runtime)\/[^/]+$/,
    most: 0o711,
    why: "passed on the way to a component, a program or a script",
  },
  { path: /^runtime\/(bin|scripts)\/.+/, most: 0o755, why: "copies of programs that components run" },
  { path: /^clouds\/[^/]+\/package\.json$/, most: 0o644, why: "says of what kind programs below are" },
  { path: /^clouds\/[^/]+\/(scratch|env_.*)$/, most: 0o711, why: "passed on the way to a component" },
];

function walk(path: string, found: string[] = []): string[] {
  const name = relative(dataDir, path);
  const stats = lstatSync(path);
  const allowed = exceptions.find((one) => one.path.test(name))?.most ?? 0o700;
  if (!stats.isSymbolicLink() && (stats.mode & 0o077 & ~allowed) !== 0) {
    found.push(`${name || "."} ${(stats.mode & 0o777).toString(8)}`);
  }
  if (stats.isDirectory()) for (const entry of readdirSync(path)) walk(join(path, entry), found);
  return found;
}

it("closes at its start what others could read, says so, and makes nothing that they can", async () => {
  const old = join(dataDir, "backups/env_1/bak_1");
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, "db.dump.gz"), "rows");
  writeFileSync(join(dataDir, "secret.key"), `${Buffer.alloc(32, 5).toString("base64")}\n`);
  for (const path of [dataDir, join(dataDir, "backups"), join(dataDir, "backups/env_1"), old])
    chmodSync(path, 0o755);
  for (const file of [join(old, "db.dump.gz"), join(dataDir, "secret.key")]) chmodSync(file, 0o644);

  // The umask of the tests, and so of the launcher, is the usual one.
  expect(process.umask() & 0o044).toBe(0);
  launcher = startLauncher({ dataDir, port: await freePort() }, { DEMO: "on" });
  const { output } = launcher;
  const made = () => output().includes("The portal") || output().includes("is ready at");
  await untilHolds(launcher, made, { limitMs: 480_000, everyMs: 200 });
  expect(output()).toContain("is ready at");
  expect(output()).toMatch(/Fixed permissions on files other users could access: .*secret\.key/);
  expect(output()).toMatch(/Fixed permissions.*backups/);
  // The last writer has written something by now: logs of both, the database, the pid file.
  expect(readdirSync(join(dataDir, "logs"))).toEqual(expect.arrayContaining(["portal.log", "workers.log"]));
  expect(walk(dataDir)).toEqual([]);
}, 600_000);
