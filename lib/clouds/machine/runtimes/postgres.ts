import { join } from "node:path";
import { findPostgresBinaries } from "@/lib/platform/db/postgres-binaries";
import { DriverError, type Problem } from "../../contract";
import type { ProcessSpec } from "../spec";
import {
  bringToWanted,
  formerSuperuser,
  openSuperuser,
  superuser,
  wantedNames,
  withSuperuser,
} from "./postgres-admin";
import { initializeCluster } from "./postgres-cluster";
import { packCluster } from "./postgres-copy";
import { clusterFolder, dataOf, isClusterDamaged, serverProgram, volumeOf } from "./postgres-places";
import { computeSettings } from "./postgres-settings";
import { type LaunchInput, type Runtime, textOption } from "./runtime";

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
      problems.push({ path: "process.ports", message: "enter exactly one port, for example 5432" });
    }
    if (!textOption(spec, "password", "POSTGRES_PASSWORD")) {
      problems.push({ path: "process.options.password", message: "a password is required" });
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
  initialize: initializeCluster,
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
      // Starting, recovering or ended: the one that waits looks at the process as well.
      return false;
    }
  },
  async afterReady(input) {
    const problem = judgeNames(input.spec)[0];
    if (problem) throw new DriverError("permanent", `PostgreSQL: ${problem.message}`);
    await bringToWanted(input, portOf(input));
  },
  isDamaged: (volume, directory) => volume === "data" && isClusterDamaged(join(directory, clusterFolder)),
  // The copy brings the superuser's password of its time.
  beforeRestored(record) {
    const { [superuser]: password, ...others } = record.secrets;
    record.secrets = password === undefined ? others : { ...others, [formerSuperuser]: password };
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
