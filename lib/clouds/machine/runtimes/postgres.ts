import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { findPostgresBinaries } from "@/lib/platform/db/postgres-binaries";
import { runChild } from "@/lib/platform/exec/child";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import { DriverError } from "../../contract";
import { giveTo, type Owner, removeTree, writeAtomically } from "../files";
import { packCluster } from "./postgres-copy";
import { computeSettings } from "./postgres-settings";
import { type LaunchInput, type Runtime, textOption } from "./runtime";

/** Superuser of the cluster: only through its socket in a directory that the component's user alone can enter. */
const superuser = "postgres";
const initMs = 120_000;
const nobody: Owner = { uid: 65_534, gid: 65_534 };

/**
 * A PostgreSQL server of its own. Options: `user`, `password`, `database` (POSTGRES_USER … in the environment mean the
 * same), `max_connections`. User, password and database are brought to what is wanted after every start.
 */
export const postgresRuntime: Runtime = {
  web: false,
  scalable: false,
  stopSignal: "SIGINT",
  volumes: ["data"],
  validate(_machine, spec) {
    const problems = [];
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
  initialise: initialiseCluster,
  launch(input) {
    const settings = {
      listen_addresses: input.host,
      port: String(portOf(input)),
      unix_socket_directories: relative(dataOf(input), input.paths.run),
      hba_file: hbaFile(input),
      ...computeSettings(input.size, Number(textOption(input.spec, "max_connections")) || undefined),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const program = join(binaries(input.machine.host.runtimeDir, input.owner), "bin", "postgres");
    return { command: [program, "-D", dataOf(input), ...flags, ...input.args], cwd: dataOf(input) };
  },
  async isReady(input) {
    try {
      await withSuperuser(input, "postgres", async (client) => client.query("select 1"));
      return true;
    } catch {
      // Starting, recovering or ended: whoever waits looks at the process as well.
      return false;
    }
  },
  afterReady: bringToWanted,
  copyOut(input, volume, signal) {
    if (volume !== "data") return null;
    return packCluster(dataOf(input), () => openSuperuser(input, "postgres"), signal);
  },
};

function portOf(input: LaunchInput): number {
  return Object.values(input.ports)[0] ?? 5432;
}

function dataOf(input: LaunchInput): string {
  return join(input.volumes.data ?? join(input.paths.volumes, "data"), "pgdata");
}

function hbaFile(input: LaunchInput): string {
  return join(input.paths.run, "pg_hba.conf");
}

function binaries(runtimeDir: string, owner: Owner | null): string {
  const native = findPostgresBinaries(process.cwd());
  return owner ? ensureReachableTree(native, { ...owner, directory: runtimeDir }, "bin/postgres") : native;
}

/** Access rules are written at every start, so that a restored cluster cannot bring looser ones. */
async function initialiseCluster(input: LaunchInput): Promise<void> {
  const rules = ["local all all trust", "host all all all scram-sha-256", "host replication all all reject"];
  writeAtomically(hbaFile(input), `${rules.join("\n")}\n`, 0o600);
  giveTo(hbaFile(input), input.owner);
  const data = dataOf(input);
  if (existsSync(join(data, "PG_VERSION"))) {
    chmodSync(data, 0o700);
    // None of its processes is left (we were asked to start it). The number in its notes may be another's by now, or
    // that of a killed one whose parent has not noticed yet, which PostgreSQL takes for a living server.
    const socket = join(input.paths.run, `.s.PGSQL.${portOf(input)}`);
    for (const note of [join(data, "postmaster.pid"), `${socket}.lock`, socket])
      rmSync(note, { force: true });
    return;
  }
  await removeTree(data);
  await createCluster(input, data);
}

/**
 * initdb looks its user up by name, and a component's user has none. So it runs as `nobody` in a directory only that
 * user can enter, and the finished cluster is handed over and moved into place in one step.
 */
async function createCluster(input: LaunchInput, data: string): Promise<void> {
  const { machine, owner } = input;
  input.log("Creating the database cluster");
  const draft = mkdtempSync(join(machine.root, "scratch", "initdb-"));
  const cluster = join(draft, "pgdata");
  const initUser = owner ? nobody : null;
  try {
    mkdirSync(cluster, { mode: 0o700 });
    giveTo(draft, initUser);
    const flags = ["-U", superuser, "--encoding=UTF8", "--locale=C", "--no-instructions"];
    flags.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=scram-sha-256");
    // A password that nobody knows: the superuser comes in through the socket only.
    const password = join(draft, "password");
    writeAtomically(password, crypto.randomUUID(), 0o600);
    giveTo(password, initUser);
    const program = join(binaries(machine.host.runtimeDir, initUser), "bin", "initdb");
    const result = await runChild([program, "-D", cluster, `--pwfile=${password}`, ...flags], {
      cwd: draft,
      environment: { PATH: "/usr/bin:/bin", LC_ALL: "C", HOME: draft, TZ: "UTC" },
      ...(initUser ?? {}),
      timeoutMs: initMs,
      signal: input.signal,
    });
    if (result.exitCode !== 0) throw initFailure(`${result.stderr}\n${result.stdout}`, result.timedOut);
    giveTo(cluster, owner);
    renameSync(cluster, data);
  } finally {
    await removeTree(draft);
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

/**
 * A connection through the socket. Socket paths must be short (104 bytes) and data directories need not be, so it goes
 * through a short link that is removed at once.
 */
async function openSuperuser(input: LaunchInput, database: string): Promise<Client> {
  const directory = mkdtempSync(join(tmpdir(), "rs-"));
  const link = join(directory, "s");
  symlinkSync(input.paths.run, link);
  const client = new Client({
    host: link,
    port: portOf(input),
    user: superuser,
    database,
    connectionTimeoutMillis: 5_000,
    application_name: "rostrum",
  });
  // A server that ends takes its connections along; the query under way tells its caller.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function withSuperuser<T>(
  input: LaunchInput,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openSuperuser(input, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** User, password and database as the manifest wants them now; also after a restore and a rotated password. */
async function bringToWanted(input: LaunchInput): Promise<void> {
  const user = textOption(input.spec, "user", "POSTGRES_USER") ?? "app";
  const password = textOption(input.spec, "password", "POSTGRES_PASSWORD") ?? "";
  const database = textOption(input.spec, "database", "POSTGRES_DB") ?? user;
  await withSuperuser(input, "postgres", async (client) => {
    const role = escapeIdentifier(user);
    const known = await client.query("select 1 from pg_roles where rolname = $1", [user]);
    if (known.rowCount === 0) await client.query(`create role ${role} login createdb createrole`);
    // Scrambled before it is sent would be better still; the statement is at least kept out of the log.
    await client.query("set log_min_error_statement = panic");
    await client.query("set log_statement = none");
    await client.query(`alter role ${role} login password ${escapeLiteral(password)}`);
    const existing = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (existing.rowCount === 0) {
      await client.query(`create database ${escapeIdentifier(database)} owner ${role}`);
    }
  });
}
