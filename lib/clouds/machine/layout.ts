import { chmodSync, type Dirent, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makePassable, pathHash, reachableBy } from "@/lib/platform/exec/reachable";
import { type ComponentRef, DriverError } from "../contract";

/** Directories of the machine's root that are not environments. */
const reserved = new Set(["ports", "locks", "uids"]);
const safeName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** Where everything of one component lies. Names are checked: they become paths. */
export interface ComponentPaths {
  environment: string;
  root: string;
  record: string;
  releases: string;
  volumes: string;
  logs: string;
  log: string;
  /** Home and temporary files of the component's processes. */
  run: string;
  /** Files that Rostrum writes and the component reads: settings of servers, the user database. */
  config: string;
  /** Copies that a backup is read from. */
  snapshots: string;
  balancer: string;
}

/** @throws DriverError (permanent) when a name of the ref cannot be a directory's. */
export function pathsOf(root: string, ref: ComponentRef): ComponentPaths {
  if (!safeName.test(ref.environmentId) || !safeName.test(ref.component) || reserved.has(ref.environmentId)) {
    throw new DriverError("permanent", `"${ref.environmentId}/${ref.component}" can’t be a directory name`);
  }
  const environment = join(root, ref.environmentId);
  const component = join(environment, ref.component);
  return {
    environment,
    root: component,
    record: join(component, "component.json"),
    releases: join(component, "releases"),
    volumes: join(component, "volumes"),
    logs: join(component, "logs"),
    log: join(component, "logs", "output.log"),
    run: join(component, "run"),
    config: join(component, "config"),
    snapshots: join(component, "snapshots"),
    balancer: join(component, "balancer.json"),
  };
}

/** A uid that owns nothing, standing for any user a component may get. */
const anybody = 65_533;

/**
 * The directory the cloud writes to: the one it was given, or, where components have users of their own and those
 * cannot pass the given one (a clone under /root), one under /var/lib/rostrum named after it.
 */
export function chooseRoot(dataDir: string, separateUsers: boolean): string {
  const wanted = resolve(dataDir);
  const passable = !separateUsers || reachableBy(anybody, anybody, wanted, "traverse");
  const root = passable ? wanted : join("/var/lib/rostrum", pathHash(wanted), "machine");
  makePassable(root);
  for (const name of reserved) mkdirSync(join(root, name), { recursive: true, mode: 0o700 });
  endPackage(root);
  return root;
}

/**
 * Node reads the nearest package.json above a program to tell its kind of modules. Without one here that would be
 * Rostrum's own, where the data directory lies in Rostrum's folder, and programs in CommonJS would not start.
 */
function endPackage(root: string): void {
  const file = join(root, "package.json");
  if (existsSync(file)) return;
  writeFileSync(file, "{}\n");
  // Components read it as users of their own; the umask would keep them from it.
  chmodSync(file, 0o644);
}

/** Ids of the environments and names of the components that have a directory. */
export function listComponentDirectories(root: string): { environmentId: string; component: string }[] {
  return listEnvironmentDirectories(root).flatMap((environmentId) =>
    directoriesIn(join(root, environmentId)).map((component) => ({ environmentId, component })),
  );
}

/** The directories that the component itself can write to. */
export function ownDirectories(paths: ComponentPaths): string[] {
  const inside = [paths.releases, paths.volumes, paths.snapshots].flatMap((parent) =>
    directoriesIn(parent, /./).map((name) => join(parent, name)),
  );
  return [...inside, paths.run].filter((directory) => existsSync(directory));
}

export function listEnvironmentDirectories(root: string): string[] {
  return directoriesIn(root).filter((name) => !reserved.has(name));
}

function directoriesIn(path: string, names = safeName): string[] {
  return entriesOf(path)
    .filter((entry) => entry.isDirectory() && names.test(entry.name))
    .map((entry) => entry.name);
}

/** What is in a folder; nothing when it is not there, or is deleted at this moment together with its environment. */
export function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
