import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { Mount } from "@/lib/platform/sandbox";
import { DriverError } from "../../contract";
import { creation, formerSuperuser, superuser } from "./postgres-admin";
import { clusterArchive, initdbFlags, withOwnArchive } from "./postgres-archive";
import { dataOf, serverProgram } from "./postgres-places";
import type { LaunchInput } from "./runtime";

const initMs = 120_000;
/** Exit code of the script below for a cluster that is there already. */
const existsCode = 46;

/** Makes an empty directory for a cluster, unless there is a cluster: `$1`. */
const begin = `if [ -f "$1/PG_VERSION" ]; then chmod 700 "$1"; exit ${existsCode}; fi
data=$1; shift; rm -rf "$data" "$data.draft" && mkdir -m 700 "$data.draft" || exit 1`;
/** Renames it when it is whole and on the disk: a host that crashes leaves none, or one that works. */
const end = 'sync -f "$data.draft" && mv "$data.draft" "$data"';

/**
 * Makes the cluster with the user's database, before there is a server that could be under a limit, or, where there is one
 * whose superuser Rostrum cannot speak as (it was restored, or made by an earlier version), gives that one a new password
 * while no one can connect.
 * @throws DriverError when it cannot be made
 */
export async function initializeCluster(input: LaunchInput): Promise<void> {
  if (input.secrets[superuser]) return;
  const password = randomBytes(32).toString("hex");
  input.log("Preparing the database cluster");
  const isNamed = input.machine.sandbox.isolation.level !== "separate-users";
  const isMade = isNamed ? await makeCluster(input, password) : await makeNameless(input, password);
  if (isMade) input.secrets[superuser] = password;
  else if (isNamed) await resetSuperuser(input, password);
  else keepFormerPassword(input);
  delete input.secrets[formerSuperuser];
}

/** False when there is one already. */
async function makeCluster(input: LaunchInput, password: string): Promise<boolean> {
  const server = serverProgram(input, "postgres");
  const fill = await fillCommand(input);
  const script = `${begin}\nserver=$1; shift
"$@" "$data.draft" </dev/null && "$server" --single -D "$data.draft" postgres && ${end}`;
  const statements = [passwordOf(password), ...creation(input.spec)];
  return await prepare(input, [script, "initdb", dataOf(input), server.program, ...fill.command], {
    mounts: [...server.mounts, ...fill.mounts],
    // A statement that fails here is said again, and told about, once the server runs.
    stdin: Readable.from(statements.map((statement) => `${statement};\n`)),
  });
}

/** The command that fills an empty directory, its last word, with a cluster: of an archive where there can be one. */
async function fillCommand(input: LaunchInput) {
  const archive = await clusterArchive(input);
  if (archive) {
    const command = ["tar", "-xf", archive, "--no-same-owner", "-C"];
    return { command, mounts: [{ source: archive }] };
  }
  const { program, mounts } = serverProgram(input, "initdb");
  return { command: [program, ...initdbFlags, "-D"], mounts };
}

/**
 * Where the component's user has no name, which initdb and a server in single-user mode insist on, and cannot be given one:
 * made by another user, unpacked by its own. False when there is one already.
 */
async function makeNameless(input: LaunchInput, password: string): Promise<boolean> {
  const isAbsent = await prepare(input, [`${begin}\nrm -rf "$data.draft"`, "look", dataOf(input)], {});
  if (!isAbsent) return false;
  const script = `${begin}\ntar -xf - --no-same-owner -C "$data.draft" && ${end}`;
  return await withOwnArchive(input, password, (stdin) =>
    prepare(input, [script, "unpack", dataOf(input)], { stdin }),
  );
}

/** Runs a script that makes a cluster. Nothing of the template takes part: its programs and environment would be outside its limits. */
async function prepare(
  input: LaunchInput,
  script: readonly string[],
  work: { mounts?: Mount[]; stdin?: Readable },
): Promise<boolean> {
  const result = await input.run(["/bin/sh", "-c", ...script], {
    ...work,
    unlimited: true,
    environment: { LC_ALL: "C", TZ: "UTC" },
    timeoutMs: initMs,
    signal: input.signal,
  });
  if (result.exitCode === existsCode) return false;
  if (result.exitCode === 0) return true;
  throw initFailure(`${result.stderr}\n${result.stdout}`, result.timedOut);
}

/** The restored cluster may be the component's own of before. */
function keepFormerPassword({ secrets }: LaunchInput): void {
  const { [formerSuperuser]: former } = secrets;
  if (former === undefined) {
    throw new DriverError(
      "permanent",
      "A database of another environment can’t be restored on this machine",
      {
        hint: "Install the bubblewrap package on it. Where only separate users isolate components, a database can be restored only from its own backups.",
      },
    );
  }
  secrets[superuser] = former;
}

const passwordOf = (password: string) => `ALTER ROLE ${superuser} LOGIN SUPERUSER PASSWORD '${password}'`;

/** In single-user mode, which listens to no one; see the PostgreSQL manual, postgres(1). */
async function resetSuperuser(input: LaunchInput, password: string): Promise<void> {
  const { program, mounts } = serverProgram(input, "postgres");
  const script = 'rm -f "$1/postmaster.pid"; data=$1; shift; exec "$@" --single -D "$data" postgres';
  const result = await input.run(["/bin/sh", "-c", script, "single", dataOf(input), program], {
    mounts,
    stdin: Readable.from([`${passwordOf(password)};\n`]),
    environment: { LC_ALL: "C", TZ: "UTC" },
    timeoutMs: initMs,
    signal: input.signal,
  });
  const failure = /^.*(?:ERROR|FATAL|PANIC):.*$/m.exec(result.stderr)?.[0];
  if (result.exitCode !== 0 || failure) {
    throw new DriverError(
      "permanent",
      `Couldn’t open the database cluster: ${failure ?? result.stderr.trim()}`,
    );
  }
  input.secrets[superuser] = password;
}

function initFailure(output: string, timedOut: boolean): DriverError {
  if (timedOut) return new DriverError("retryable", "Creating the database cluster took too long");
  const full = /no space left/i.test(output);
  const lines = output
    .split("\n")
    .filter((line) => /error|fatal|could not|cannot/i.test(line))
    .slice(0, 3);
  return new DriverError(
    full ? "retryable" : "permanent",
    full ? "The disk is full: couldn’t create the database cluster" : `initdb failed: ${lines.join(" ")}`,
    { hint: full ? "Free space on the machine’s disk, then resume." : undefined },
  );
}
