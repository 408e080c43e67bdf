/**
 * Rostrum never walks what a component can write (docs/adr/0021-containment.md): only `component-tree.ts` touches such files,
 * by processes of the component's user. Every other file of the machine cloud that imports the file system is listed
 * here with what it does there, and calls only what acts on one path that it names itself.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = "lib/clouds/machine";

/** Files that may import the file system: all of them act on files of Rostrum's own beside the component's. */
const allowed: Readonly<Record<string, string>> = {
  "capacity.ts": "free space of the disk",
  "changes/change.ts": "removes the balancer's routes",
  "component.ts": "makes the directories around a component's own, writes its log",
  "data/component-tree.ts": "makes and removes the empty directories that components get",
  "data/copy.ts": "exchanges a volume for its copy, by names in a directory that no component sees",
  "discover.ts": "age of a directory",
  "changes/examine.ts": "whether a component's folder and its release are there",
  "data/exchange.ts": "ends an exchange that was cut short, in the same directory",
  "data/files.ts": "writes Rostrum's own small files",
  "layout.ts": "lists and makes the directories around a component's own",
  "lock.ts": "lock files",
  "processes/log-file.ts": "reads and bounds logs, which no component can replace",
  "data/lost-volumes.ts": "whether a volume is there, by its name in a directory that no component sees",
  "data/measure.ts": "size of a log, and processes in /proc",
  "network/book.ts": "reservations of networks",
  "network/index.ts": "notes of networks",
  "network/namespace.ts": "whether a namespace or an interface is there",
  "owned.ts": "lists the directories around a component's own",
  "processes/ports.ts": "reservations of ports",
  "processes/processes.ts": "opens logs, writes the balancer's routes",
  "record.ts": "reads the record",
  "sources/release.ts": "makes empty directories, lists releases by name",
  "changes/remove.ts": "removes what is left of Rostrum's own after the component's files",
  "isolation/run-in.ts": "looks for npm on the host",
  "runtimes/postgres-archive.ts": "writes the archive of an empty cluster, of no component",
  "runtimes/postgres-places.ts":
    "whether a cluster has its essential files; follows no link and reads nothing",
  "scripts/index.ts": "writes our small programs",
  "scripts/balancer.ts": "a program that runs as the component",
  "scripts/static-server.ts": "a program that runs as the component",
  "data/storage-failure.ts": "markers of Rostrum's own",
  "data/storage-watch.ts": "free space of the disk, locks of Rostrum's own",
  "isolation/uids.ts": "reservations of user ids",
  "isolation/cgroups.ts": "control groups",
};

/** Calls that walk a tree or follow what they find there. */
const walking =
  /\b(cp|cpSync|opendir|opendirSync|watch|watchFile|chown|lchownSync|glob|globSync)\(|readdir(?:Sync)?\([^)]*recursive/;

/** What breaks the rule, one sentence each. */
export function componentFileProblems(root = process.cwd()): string[] {
  const base = join(root, folder);
  const files = readdirSync(base, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(base, file), "utf8");
    if (/from "(node:)?fs(\/promises)?"/.test(text)) {
      seen.add(file);
      if (!(file in allowed)) {
        problems.push(`component-files: ${folder}/${file} uses the file system; let component-tree.ts do it`);
      }
    }
    if (walking.test(text)) problems.push(`component-files: ${folder}/${file} walks a tree as Rostrum`);
    const removes = /\brm(?:Sync)?\([^)]*recursive/.test(text);
    if (removes && file !== "changes/remove.ts")
      problems.push(`component-files: ${folder}/${file} removes a tree as Rostrum`);
  }
  const stale = Object.keys(allowed).filter((file) => !seen.has(file));
  return [
    ...problems,
    ...stale.map((file) => `component-files: ${folder}/${file} no longer needs an entry; remove it`),
  ];
}
