import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandLineOf } from "../exec/process-identity";

/** The role and the database that Rostrum uses in its own server. */
export const embeddedRole = "rostrum";
export const embeddedDatabase = "rostrum";

/** The files of an embedded server: `home` holds the cluster, the password and the server's log. */
export interface EmbeddedLocation {
  home: string;
  cluster: string;
  passwordFile: string;
  portFile: string;
  logFile: string;
}

/**
 * Where the embedded server of a data directory lives. A pointer file is followed: as root the server may have
 * to live outside a data directory that unprivileged users cannot enter.
 */
export function embeddedLocation(dataDir: string): EmbeddedLocation {
  const pointer = pointerFile(dataDir);
  const home = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : join(dataDir, "postgres");
  return locationAt(home);
}

/** The file in the data directory that names another home. */
export function pointerFile(dataDir: string): string {
  return join(dataDir, "postgres.location");
}

/** The layout below a home. */
export function locationAt(home: string): EmbeddedLocation {
  return {
    home,
    cluster: join(home, "cluster"),
    // Inside, so that a cluster and its password appear and move together.
    passwordFile: join(home, "cluster", "rostrum.password"),
    portFile: join(home, "port"),
    logFile: join(home, "server.log"),
  };
}

/** A server that runs on a cluster directory: its process and port, as `postmaster.pid` says. */
export function findRunningServer(location: EmbeddedLocation): { pid: number; port: number } | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(location.cluster, "postmaster.pid"), "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  // Process ids are reused: only a process that was started on this very directory counts.
  const isOurs = commandLineOf(pid).includes(location.cluster);
  return isOurs && Number.isInteger(port) && port > 0 ? { pid, port } : undefined;
}

/** The address of a database of an embedded server; reads the generated password. */
export function embeddedUrl(location: EmbeddedLocation, port: number, database = embeddedDatabase): string {
  const password = readFileSync(location.passwordFile, "utf8").trim();
  return `postgresql://${embeddedRole}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The address of the running embedded database of a data directory, if one runs. */
export function findEmbeddedUrl(dataDir: string): string | undefined {
  const location = embeddedLocation(dataDir);
  if (!existsSync(dirname(location.cluster))) return undefined;
  const running = findRunningServer(location);
  return running && embeddedUrl(location, running.port);
}
