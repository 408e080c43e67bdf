import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { formatBytes } from "@/lib/kernel/format";
import { makePassable, reachableBy, runtimeDir } from "../exec/reachable";
import {
  type EmbeddedLocation,
  embeddedLocation,
  embeddedRole,
  locationAt,
  pointerFile,
} from "./embedded-location";

/** The account the server runs as; absent where Rostrum itself is not root. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/** Something a person has to change before the server can start: trying again at once is of no use. */
export class ServerSetupError extends Error {
  override readonly name = "ServerSetupError";
}

/** A fresh cluster with its first log files and the demo organization. */
const clusterBytes = 200 * 1024 * 1024;

/** All that the server and its tools get to see of the environment. */
export const serverEnvironment: NodeJS.ProcessEnv = {
  NODE_ENV: "production",
  PATH: "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

/** PostgreSQL refuses to run as root, and initdb wants a user with a name. */
export function chooseServerAccount(location: EmbeddedLocation): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(location.cluster)) {
    const { uid, gid } = statSync(location.cluster);
    if (uid !== 0) return { uid, gid };
  }
  for (const name of ["postgres", "_postgres", "nobody"]) {
    try {
      const read = (flag: string) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: read("-u"), gid: read("-g") };
    } catch {
      // This machine has no such user; try the next.
    }
  }
  throw new ServerSetupError(
    "PostgreSQL can't run as root, and this machine has no user postgres or nobody. Create one, or set DATABASE_URL.",
  );
}

/**
 * Decides once where the server of a data directory lives and remembers it there: a later change of permissions
 * must not make the data look gone.
 */
export function settleLocation(
  dataDir: string,
  runtime: string | undefined,
  note: (line: string) => void,
): EmbeddedLocation {
  const location = embeddedLocation(dataDir);
  const account = chooseServerAccount(location);
  if (!account || reachableBy(account.uid, account.gid, location.home, "traverse")) return location;
  if (existsSync(location.cluster)) {
    throw new ServerSetupError(
      `User ${account.uid}, which runs the database, can't access ${location.cluster}. Allow access to its parent directories (chmod o+x).`,
    );
  }
  const outside = locationAt(join(runtimeDir({ dataDir, runtimeDir: runtime }), "postgres"));
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(pointerFile(dataDir), `${outside.home}\n`);
  note(`The database is stored in ${outside.home}, because unprivileged users can't access ${dataDir}.`);
  return outside;
}

export interface ClusterTools {
  /** Directory with `bin`, `lib` and `share` that the account can use. */
  binaries: string;
  account: ServerAccount | undefined;
  /** Skips the flush to disk; for tests only. */
  careless: boolean;
}

/**
 * Makes the cluster directory if there is none yet. It is made under another name and renamed, so that one that
 * exists is whole.
 */
export async function ensureCluster(location: EmbeddedLocation, tools: ClusterTools): Promise<void> {
  if (existsSync(join(location.cluster, "PG_VERSION"))) return;
  const { account } = tools;
  makePassable(location.home);
  assertRoom(location.home);
  const draft = `${location.cluster}.${randomBytes(4).toString("hex")}`;
  const passwordFile = `${draft}.password`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    await runInitdb(draft, passwordFile, tools);
    if (account) chownSync(passwordFile, 0, 0);
    renameSync(passwordFile, join(draft, basename(location.passwordFile)));
    renameSync(draft, location.cluster);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    rmSync(passwordFile, { force: true });
    // Another launcher may have been faster.
    if (!existsSync(join(location.cluster, "PG_VERSION"))) throw error;
  }
}

/**
 * For the restart of a server whose files were there a moment ago: an empty database in their place would look like the loss
 * of everything. They may come back, when a disk is mounted again.
 * @throws ServerSetupError
 */
export function assertCluster({ cluster }: EmbeddedLocation): void {
  if (existsSync(join(cluster, "PG_VERSION"))) return;
  throw new ServerSetupError(
    `The database files in ${cluster} are missing. Put them back, or stop Rostrum and restore a backup.`,
  );
}

/** Makes the password of the application's role once; of several launchers one wins, and never with half a file. */
export function ensureAppPassword({ appPasswordFile }: EmbeddedLocation): void {
  if (existsSync(appPasswordFile)) return;
  const draft = `${appPasswordFile}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, appPasswordFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function assertRoom(directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  if (free >= clusterBytes) return;
  throw new ServerSetupError(
    `The database requires ${formatBytes(clusterBytes)}, but ${directory} has ${formatBytes(free)} available. Free disk space, or set DATA_DIR to another disk.`,
  );
}

async function runInitdb(directory: string, passwordFile: string, tools: ClusterTools): Promise<void> {
  const args = [
    ...["-D", directory, "-U", embeddedRole, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ...(tools.careless ? ["--no-sync"] : []),
  ];
  const child = spawn(join(tools.binaries, "bin", "initdb"), args, {
    cwd: "/",
    env: serverEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
    ...(tools.account && { uid: tools.account.uid, gid: tools.account.gid }),
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const code = await new Promise<number | null>((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  if (code !== 0) throw new ServerSetupError(`initdb couldn't create ${directory}: ${telling(output)}`);
}

/** Of what initdb wrote, the lines that name an error; the last ones if none does. */
function telling(output: string): string {
  const errors = output.split("\n").filter((line) => /FATAL|PANIC|error:|could not/i.test(line));
  return lastLines(errors.length > 0 ? errors.join("\n") : output, 2);
}

/** The last lines of a program's output, on one line. */
export function lastLines(text: string, count = 4): string {
  return text.trim().split("\n").slice(-count).join(" / ");
}
