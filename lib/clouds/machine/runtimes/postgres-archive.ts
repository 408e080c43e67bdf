import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { chmod, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { messageOf } from "@/lib/kernel/errors";
import { pathHash } from "@/lib/platform/exec/reachable";
import { runConfined } from "@/lib/platform/sandbox";
import { confinementOf } from "../isolation/confinement";
import { fileWorkMark } from "../processes/members";
import { superuser } from "./postgres-admin";
import { serverProgram } from "./postgres-places";
import type { LaunchInput } from "./runtime";

/**
 * An empty cluster as an archive, made once for each version of the server: unpacking it takes a tenth of the time of
 * initdb. There is no secret in it, since its superuser has no password and no one may sign in.
 */

const makeMs = 120_000;
const temporaryBytes = 256 * 2 ** 20;
/** A user of every host, which no component has: initdb looks its user up by name. */
const nobody = { uid: 65_534, gid: 65_534 };

/** How a cluster of ours is made; see initdb in the PostgreSQL manual. */
export const initdbFlags = [
  ...[
    "-U",
    superuser,
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ],
  ...["--auth=reject", "--no-instructions", "--no-sync"],
];

/** Read by components of all users, changed by none. */
const readableMode = 0o644;

const underway = new Map<string, Promise<string | null>>();

/**
 * Path of the archive, which it makes when there is none. Null where there cannot be one: without namespaces a component
 * of the same user could change it while it is made.
 */
export async function clusterArchive(input: LaunchInput): Promise<string | null> {
  const { sandbox, host } = input.machine;
  if (sandbox.isolation.level !== "namespaces") return null;
  const { program } = serverProgram(input, "initdb");
  const { size, mtimeMs } = await stat(serverProgram(input, "postgres").program);
  const version = pathHash([program, size, Math.round(mtimeMs), ...initdbFlags].join(":"));
  const path = join(host.runtimeDir, `postgres-cluster-${version}.tar`);
  if (existsSync(path)) {
    // An earlier version closed it at every start.
    await chmod(path, readableMode);
    return path;
  }
  const work = underway.get(path) ?? make(input, path);
  underway.set(path, work);
  try {
    return await work;
  } finally {
    underway.delete(path);
  }
}

/** Null when it cannot be made, which the log says: then each cluster is made by itself, and tells what is wrong. */
async function make(input: LaunchInput, path: string): Promise<string | null> {
  try {
    const draft = await makeArchive(input, path);
    await chmod(draft, readableMode);
    await rename(draft, path);
    return path;
  } catch (error) {
    input.machine.host.log("warn", `PostgreSQL: no archive of an empty cluster: ${messageOf(error)}`);
    return null;
  }
}

/** Reads an archive made for this component alone, whose superuser has a password; it is gone afterwards. */
export async function withOwnArchive<T>(
  input: LaunchInput,
  password: string,
  read: (archive: Readable) => Promise<T>,
): Promise<T> {
  const path = await makeArchive(input, join(input.machine.host.runtimeDir, "postgres-own"), password);
  try {
    return await read(createReadStream(path));
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Makes an archive of an empty cluster and answers its path, of which `beginning` is the first part. Only Rostrum may
 * read it. @throws Error when initdb fails
 */
async function makeArchive(input: LaunchInput, beginning: string, password?: string): Promise<string> {
  const path = `${beginning}.${randomBytes(6).toString("hex")}`;
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    await pack(input, file, password);
    file.end();
    await finished(file);
    return path;
  } catch (error) {
    file.destroy();
    await rm(path, { force: true });
    throw error;
  }
}

/** In walls of its own, in memory, with nothing of any component in sight; the archive comes out by a pipe. */
async function pack(input: LaunchInput, stdout: NodeJS.WritableStream, password?: string): Promise<void> {
  const { sandbox } = input.machine;
  const { program, mounts } = serverProgram(input, "initdb");
  const flag = password === undefined ? "" : '"--pwfile=$there/password"';
  const script = `umask 077; there=$(mktemp -d) && trap 'rm -rf "$there"' EXIT && cat > "$there/password" &&
"$@" ${flag} -D "$there/cluster" >&2 </dev/null && tar -C "$there/cluster" -cf - .`;
  const spec = confinementOf(input.component, { mounts, cwd: "/", network: "none" });
  const identity = sandbox.isolation.level === "separate-users" ? nobody : spec.identity;
  const result = await runConfined(
    sandbox,
    { ...spec, identity, temporaryBytes, fileBytes: null },
    ["/bin/sh", "-c", script, "initdb", program, ...initdbFlags],
    {
      environment: {
        ...{ PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" },
        ...input.component.marks(fileWorkMark),
      },
      timeoutMs: makeMs,
      stdin: Readable.from(password === undefined ? [] : [password]),
      stdout,
    },
    () => undefined,
  );
  if (result.exitCode === 0) return;
  const said = result.stderr.trim().split("\n").slice(-2).join(" ");
  throw new Error(said || `initdb exited with code ${result.exitCode}`);
}
