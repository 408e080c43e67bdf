import { chmodSync, chownSync, existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Folders whose every file is Rostrum's alone, however deep it lies. */
const privateFolders = new Set(["backups", "uploads", "logs", "audit"]);
/** Folders that programs of other users live in: these may pass, and what is inside is guarded by the code that puts it there. */
const sharedFolders = new Set(["postgres", "clouds", "runtime"]);

/** Files in the data directory that others may read and that cannot be closed. The message is for an operator. */
export class LooseFilesError extends Error {
  override readonly name = "ConfigError";
}

/** From here on this process and those it starts make files that their own user alone may read. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** As root, processes of other users pass the data directory on the way to their own folders; they may not list it. */
const passableFor = (user: number) => (user === 0 ? 0o711 : 0o700);

/**
 * Takes from everybody else what they may do with files of the data directory: the key, backups, uploads, logs and whatever
 * lies beside them. Never gives anybody more than before. Fast enough for every start: folders that components and the
 * database write to are not walked.
 * @param user the user Rostrum runs as
 * @returns what was repaired, by names inside the data directory
 * @throws LooseFilesError naming what cannot be repaired and what to do
 */
export function repairPrivateFiles(dataDir: string, user = process.geteuid?.() ?? 0): string[] {
  if (!existsSync(dataDir)) return [];
  const root = realpathSync(dataDir);
  const repaired: string[] = [];
  const passable = passableFor(user);
  if (lstatSync(root).uid !== user) refuseOpenDirectory(root);
  else if (close(root, passable, user)) repaired.push(".");
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (privateFolders.has(entry.name)) repaired.push(...closeTree(path, entry.name, user));
    else if (sharedFolders.has(entry.name)) repaired.push(...closeShared(path, entry.name, user));
    else if (!entry.isSymbolicLink() && own(path, entry.isDirectory() ? passable : 0o600, user))
      repaired.push(entry.name);
  }
  return repaired;
}

/** Paths on one line for people: a hundred backups are told in one word. */
export function nameRepaired(repaired: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of repaired) {
    const [top = name] = name.split("/");
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) =>
      name === "." ? "the data directory itself" : count > 1 ? `${name} (${count})` : name,
    )
    .join(", ");
}

/** A directory of another user (a volume) is all right as long as no one else can put another key in it. */
function refuseOpenDirectory(dataDir: string): void {
  const { mode, uid } = lstatSync(dataDir);
  const sticky = (mode & 0o1000) !== 0;
  if ((mode & 0o002) === 0 || sticky) return;
  throw new LooseFilesError(
    `Every user can write to ${dataDir}, which belongs to user ${uid}. Remove that permission (chmod o-w ${dataDir}), or set DATA_DIR to a folder you own.`,
  );
}

function closeTree(path: string, name: string, user: number): string[] {
  // A folder that is kept on another disk is linked to: the link is followed, links inside are not.
  const real = lstatSync(path).isSymbolicLink() ? (existsSync(path) ? realpathSync(path) : null) : path;
  if (real === null) return [];
  const isDirectory = lstatSync(real).isDirectory();
  const repaired = own(real, isDirectory ? 0o700 : 0o600, user) ? [name] : [];
  if (!isDirectory) return repaired;
  for (const entry of readdirSync(real, { withFileTypes: true })) {
    if (!entry.isSymbolicLink())
      repaired.push(...closeTree(join(real, entry.name), `${name}/${entry.name}`, user));
  }
  return repaired;
}

/** The folder and what lies directly in it; the cluster's own files are PostgreSQL's, a component's are its own. */
function closeShared(path: string, name: string, user: number): string[] {
  const repaired: string[] = [];
  if (!lstatSync(path).isDirectory()) return repaired;
  const passable = passableFor(user);
  // Components of every user unpack the archives in `runtime`; there is no secret in them.
  const file = name === "runtime" ? 0o644 : 0o600;
  if (close(path, passable, user)) repaired.push(name);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const mode = !entry.isDirectory() ? file : entry.name === "cluster" ? 0o700 : passable;
    if (!entry.isSymbolicLink() && close(join(path, entry.name), mode, user))
      repaired.push(`${name}/${entry.name}`);
    if (name === "clouds" && entry.isDirectory())
      repaired.push(...closeRecords(join(path, entry.name), `${name}/${entry.name}`, user));
  }
  return repaired;
}

/**
 * What Rostrum itself keeps of each component of a machine cloud, `<environment>/<component>/`: its record and its logs.
 * Folders of others, the component's own among them, are not entered.
 */
function closeRecords(cloud: string, name: string, user: number): string[] {
  const components = ownFolders(cloud, user).flatMap((folder) =>
    ownFolders(join(cloud, folder), user).map((component) => `${folder}/${component}`),
  );
  return components.flatMap((component) => {
    const path = join(cloud, component);
    const logs = ownFolders(path, user).filter((entry) => entry === "logs");
    const inLogs = logs.flatMap((entry) => readdirSync(join(path, entry)).map((file) => `${entry}/${file}`));
    const record = existsSync(join(path, "component.json")) ? ["component.json"] : [];
    return [...record, ...logs, ...inLogs]
      .filter((entry) => lstatSync(join(path, entry)).uid === user)
      .filter((entry) => close(join(path, entry), entry === "logs" ? 0o700 : 0o600, user))
      .map((entry) => `${name}/${component}/${entry}`);
  });
}

function ownFolders(path: string, user: number): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && lstatSync(join(path, entry.name)).uid === user)
    .map((entry) => entry.name);
}

/** Closes what must belong to Rostrum's own user. */
function own(path: string, most: number, user: number): boolean {
  const { uid } = lstatSync(path);
  if (uid === user) return close(path, most, user);
  if (user !== 0) throw foreign(path, uid, user);
  chownSync(path, 0, 0);
  close(path, most, user);
  return true;
}

function close(path: string, most: number, user: number): boolean {
  const before = lstatSync(path);
  // Sockets and the like have no content to read.
  if (!before.isFile() && !before.isDirectory()) return false;
  const wanted = before.mode & 0o7777 & (most | 0o700);
  if ((before.mode & 0o7777) === wanted) return false;
  try {
    chmodSync(path, wanted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPERM") throw foreign(path, before.uid, user);
    throw error;
  }
  if ((lstatSync(path).mode & 0o077 & ~most) === 0) return true;
  throw new LooseFilesError(
    `Other users can read ${path}, because its file system doesn't support permissions. Set DATA_DIR to a folder on one that does.`,
  );
}

function foreign(path: string, uid: number, user: number): LooseFilesError {
  return new LooseFilesError(
    `${path} belongs to user ${uid}, but Rostrum runs as user ${user} and can't restrict access to it. Change its owner (chown -R ${user} ${path}), or move it out of the folder.`,
  );
}
