import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { findPostgresBinaries } from "@/lib/platform/db/postgres-binaries";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import { DriverError, type Problem } from "../../contract";
import type { Owner } from "../files";
import type { ProcessSpec } from "../spec";
import {
  bringToWanted,
  creation,
  openSuperuser,
  superuser,
  wantedNames,
  withSuperuser,
} from "./postgres-admin";
import { packCluster } from "./postgres-copy";
import { computeSettings } from "./postgres-settings";
import { type LaunchInput, type Runtime, textOption } from "./runtime";

const initMs = 120_000;
const hbaName = "pg_hba.conf";

/** Names that are the server's own: roles and databases of these names rule it or make others. */
const reservedRole = /^(postgres|pg_.*|rostrum.*|public|none|user|current_user|current_role|session_user)$/i;
/** PostgreSQL cuts longer ones without a word. */
const mostNameBytes = 63;
const reservedDatabase = /^(postgres|template[01])$/i;

/**
 * A PostgreSQL server of its own. Options: `user`, `password`, `database` (POSTGRES_USER … in the environment mean the
 * same), `max_connections`. User, password and database are brought to what is wanted after every start. The user owns
 * its database and is never a superuser.
 */
export const postgresRuntime: Runtime = {
  web: false,
  scalable: false,
  stopSignal: "SIGINT",
  volumes: ["data"],
  validate(_machine, spec) {
    const problems = judgeNames(spec);
    if (spec.ports.length !== 1) {
      problems.push({ path: "process.ports", message: "name exactly one port, for example 5432" });
    }
    if (!textOption(spec, "password", "POSTGRES_PASSWORD")) {
      problems.push({ path: "process.options.password", message: "a password is needed" });
    }
    try {
      findPostgresBinaries(process.cwd());
    } catch (error) {
      problems.push({ path: "process.program", message: (error as Error).message });
    }
    return problems;
  },
  // Written at every start, so that a restored cluster cannot bring looser rules. There is no local socket.
  settings: () => ({ [hbaName]: "host replication all all reject\nhost all all all scram-sha-256\n" }),
  initialise: initialiseCluster,
  launch(input) {
    const settings = {
      listen_addresses: input.host,
      port: String(portOf(input)),
      unix_socket_directories: "",
      hba_file: join(input.paths.config, hbaName),
      password_encryption: "scram-sha-256",
      ...computeSettings(input.size, Number(textOption(input.spec, "max_connections")) || undefined),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const { program, mounts } = serverProgram(input, "postgres");
    // None of its processes is left. The number in its notes may be another's by now, which PostgreSQL takes for a
    // living server.
    const start = ["/bin/sh", "-c", 'rm -f postmaster.pid; exec "$@"', "start", program];
    return {
      command: [...start, "-D", dataOf(input), ...input.args, ...flags],
      cwd: dataOf(input),
      mounts,
    };
  },
  async isReady(input) {
    try {
      await withSuperuser(input, portOf(input), "postgres", async (client) => client.query("select 1"));
      return true;
    } catch {
      // Starting, recovering or ended: whoever waits looks at the process as well.
      return false;
    }
  },
  async afterReady(input) {
    const problem = judgeNames(input.spec)[0];
    if (problem) throw new DriverError("permanent", `PostgreSQL: ${problem.message}`);
    await bringToWanted(input, portOf(input));
  },
  // The copy brings the superuser's password of its time.
  beforeRestored(record) {
    delete record.secrets[superuser];
  },
  copyOut(input, volume, signal) {
    if (volume !== "data") return null;
    const folder = { mount: { source: volumeOf(input) }, path: volumeOf(input) };
    return packCluster(
      input.component,
      folder,
      () => openSuperuser(input, portOf(input), "postgres"),
      signal,
    );
  },
};

function judgeNames(spec: ProcessSpec): Problem[] {
  const { user, database } = wantedNames(spec);
  return [
    ...judgeName(user, "user", reservedRole).map((message) => ({ path: "process.options.user", message })),
    ...judgeName(database, "database", reservedDatabase).map((message) => ({
      path: "process.options.database",
      message,
    })),
  ];
}

function judgeName(name: string, what: string, reserved: RegExp): string[] {
  if (reserved.test(name))
    return [`the ${what} name "${name}" is reserved by PostgreSQL; choose another one`];
  if (/\p{Cc}/u.test(name)) return [`the ${what} name contains a control character`];
  const bytes = Buffer.byteLength(name);
  return bytes > mostNameBytes ? [`the ${what} name has ${bytes} bytes; at most ${mostNameBytes}`] : [];
}

function portOf(input: LaunchInput): number {
  return Object.values(input.ports)[0] ?? 5432;
}

function volumeOf(input: LaunchInput): string {
  return input.volumes.data ?? join(input.paths.volumes, "data");
}

function dataOf(input: LaunchInput): string {
  return join(volumeOf(input), "pgdata");
}

function serverProgram(input: LaunchInput, name: string) {
  const directory = binaries(input.machine.host.runtimeDir, input.owner);
  return { program: join(directory, "bin", name), mounts: [{ source: directory }] };
}

function binaries(runtimeDir: string, owner: Owner | null): string {
  const native = findPostgresBinaries(process.cwd());
  return owner ? ensureReachableTree(native, { ...owner, directory: runtimeDir }, "bin/postgres") : native;
}

/** Exit code of the script below for a cluster that is there already. */
const existsCode = 46;

/**
 * Makes the cluster with the user's database, before there is a server that could be under a limit, or, where there is one whose superuser Rostrum cannot speak as (it was restored, or made by an
 * earlier version), gives that one a new password while nobody can connect.
 */
async function initialiseCluster(input: LaunchInput): Promise<void> {
  if (input.secrets[superuser]) return;
  const password = randomBytes(32).toString("hex");
  const data = dataOf(input);
  const { program, mounts } = serverProgram(input, "initdb");
  const flags = ["-U", superuser, "--encoding=UTF8", "--locale=C", "--no-instructions"];
  flags.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=scram-sha-256");
  const script = `if [ -f "$1/PG_VERSION" ]; then chmod 700 "$1"; exit ${existsCode}; fi
rm -rf "$1" "$1.draft" || exit 1
data=$1 server=$2 file=$(mktemp) || exit 1; shift 2
read -r password && printf %s "$password" > "$file" && "$@" -D "$data.draft" "--pwfile=$file" </dev/null
code=$?; rm -f "$file"; [ "$code" = 0 ] || exit "$code"
"$server" --single -D "$data.draft" postgres && mv "$data.draft" "$data"`;
  input.log("Preparing the database cluster");
  const server = serverProgram(input, "postgres").program;
  const result = await input.run(["/bin/sh", "-c", script, "initdb", data, server, program, ...flags], {
    mounts,
    // A statement that fails here is said again, and told about, once the server runs.
    // Nothing of the template takes part: its programs and environment would be outside its limits.
    unlimited: true,
    stdin: Readable.from([`${password}\n`, ...creation(input.spec).map((statement) => `${statement};\n`)]),
    environment: { LC_ALL: "C", TZ: "UTC" },
    timeoutMs: initMs,
    signal: input.signal,
  });
  if (result.exitCode === existsCode) await resetSuperuser(input, password);
  else if (result.exitCode !== 0) throw initFailure(`${result.stderr}\n${result.stdout}`, result.timedOut);
  input.secrets[superuser] = password;
}

/** In single-user mode, which listens to nobody; see the PostgreSQL manual, postgres(1). */
async function resetSuperuser(input: LaunchInput, password: string): Promise<void> {
  const { program, mounts } = serverProgram(input, "postgres");
  const script = 'rm -f "$1/postmaster.pid"; data=$1; shift; exec "$@" --single -D "$data" postgres';
  const result = await input.run(["/bin/sh", "-c", script, "single", dataOf(input), program], {
    mounts,
    stdin: Readable.from([`ALTER ROLE ${superuser} LOGIN SUPERUSER PASSWORD '${password}';\n`]),
    environment: { LC_ALL: "C", TZ: "UTC" },
    timeoutMs: initMs,
    signal: input.signal,
  });
  const failure = /^.*(?:ERROR|FATAL|PANIC):.*$/m.exec(result.stderr)?.[0];
  if (result.exitCode !== 0 || failure) {
    throw new DriverError(
      "permanent",
      `The database cluster cannot be opened: ${failure ?? result.stderr.trim()}`,
    );
  }
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
    full
      ? "The disk is full: the database cluster could not be created"
      : `initdb failed: ${lines.join(" ")}`,
    { hint: full ? "Free space on the machine's disk, then resume." : undefined },
  );
}
