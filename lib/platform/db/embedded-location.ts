import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandLineOf } from "../exec/process-identity";

/** The roles and the database of Rostrum's own server: the owner runs migrations, the other one is used at run time. */
export const embeddedRole = "rostrum";
export const embeddedAppRole = "rostrum_app";
export const embeddedDatabase = "rostrum";

/** The files of an embedded server: `home` holds the cluster, the password and the server's log. */
export interface EmbeddedLocation {
  home: string;
  cluster: string;
  passwordFile: string;
  appPasswordFile: string;
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
    appPasswordFile: join(home, "cluster", "rostrum-app.password"),
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

/**
 * Whether the installation that a server was started from is still there. Without it a server answers, but fails where it
 * needs a file it hasn't loaded yet.
 */
export function hasItsFiles(pid: number): boolean {
  const [program = ""] = commandLineOf(pid).split(" -D ");
  return existsSync(program);
}

/** The owner's address of a database of an embedded server; reads the generated password. */
export function embeddedUrl(location: EmbeddedLocation, port: number, database = embeddedDatabase): string {
  return addressOf(embeddedRole, location.passwordFile, port, database);
}

/** The address that portal and workers use; reads the generated password. */
export function embeddedAppUrl(location: EmbeddedLocation, port: number): string {
  return addressOf(embeddedAppRole, location.appPasswordFile, port, embeddedDatabase);
}

function addressOf(role: string, passwordFile: string, port: number, database: string): string {
  const password = readFileSync(passwordFile, "utf8").trim();
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The address portal and workers use of the running embedded database of a data directory, if one runs. */
export function findEmbeddedUrl(dataDir: string): string | undefined {
  const { location, running } = findEmbedded(dataDir);
  if (!running || !existsSync(location.appPasswordFile)) return undefined;
  return embeddedAppUrl(location, running.port);
}

/** The owner's address of the running embedded database of a data directory, if one runs. */
export function findEmbeddedOwnerUrl(dataDir: string): string | undefined {
  const { location, running } = findEmbedded(dataDir);
  return running && embeddedUrl(location, running.port);
}

function findEmbedded(dataDir: string) {
  const location = embeddedLocation(dataDir);
  const running = existsSync(dirname(location.cluster)) ? findRunningServer(location) : undefined;
  return { location, running };
}
