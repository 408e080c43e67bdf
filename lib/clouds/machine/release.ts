import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { digestOf } from "@/lib/kernel/canonical";
import { DriverError, type FileSource, type TemplateFile } from "../contract";
import type { ComponentHandle } from "./component";
import { throwIfAborted } from "./errors";
import { finishExchanges } from "./exchange";
import { giveTo, removeTree } from "./files";
import { fetchGit } from "./git-source";
import { runInComponent } from "./run-in";
import { makeEmpty, unpackUpload } from "./sources";

const prepareMs = 15 * 60_000;

/**
 * Brings the component's own files to what is wanted: a new directory beside the one in use, which the running processes
 * keep until they are restarted, so a failure here leaves the component as it was.
 */
export async function makeRelease(component: ComponentHandle, files: FileSource): Promise<void> {
  const { record, spec, paths } = component;
  makeOwnDirectories(component);
  const { program, archive } = spec;
  const filesDigest = record.desired.filesDigest;
  const digest = digestOf({ program, archive, files: spec.files, filesDigest, volumes: spec.volumes });
  const isNew = record.release?.digest !== digest || !existsSync(component.releaseDir);
  const environment = digestOf({ environment: spec.environment, prepare: spec.prepare, digest });
  if (!isNew && record.prepared === environment) return;
  const before = record.release;
  if (isNew) {
    const name = String(Number(before?.name ?? 0) + 1);
    await fill(component, join(paths.releases, name), files);
    record.release = { name, digest };
  }
  try {
    for (const command of spec.prepare) await prepare(component, command);
  } catch (error) {
    record.release = before;
    throw error;
  }
  record.prepared = environment;
  component.save();
}

/** Removes the directories of earlier releases, once nothing runs in them. */
export async function dropOldReleases({ record, paths }: ComponentHandle): Promise<void> {
  for (const name of readdirSync(paths.releases)) {
    if (name !== record.release?.name) await removeTree(join(paths.releases, name));
  }
}

/** Volumes and the directory for sockets and temporary files, private to the component's user. */
export function makeOwnDirectories(component: ComponentHandle): void {
  const { record, paths } = component;
  finishExchanges(paths.volumes);
  for (const directory of [paths.run, ...Object.values(component.volumes)]) {
    if (existsSync(directory)) continue;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    giveTo(directory, record.owner);
  }
}

async function fill(component: ComponentHandle, directory: string, files: FileSource): Promise<void> {
  const { record, spec, signal } = component;
  makeEmpty(directory);
  const { archive } = spec;
  if (archive && "git" in archive) {
    await fetchGit(component, directory, archive, files);
    // From here on only Rostrum may enter, so that no link can be slipped under what it writes.
    if (record.owner) chownSync(directory, 0, 0);
  } else if (archive) {
    component.log("Unpacking the upload");
    await unpackUpload(directory, await files.upload(archive.upload));
  }
  throwIfAborted(signal);
  if (spec.files) {
    const list = await files.list(spec.files.dir);
    if (list.length === 0) {
      throw new DriverError("permanent", `The template has no files in ${spec.files.dir}`);
    }
    component.log(`Copying ${list.length} files of the template`);
    for (const file of list) writeTemplateFile(directory, file);
  }
  giveTo(directory, record.owner);
  linkVolumes(component, directory);
}

function writeTemplateFile(directory: string, file: TemplateFile): void {
  const parts = file.path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..") || file.path.includes("\0")) {
    throw new DriverError("permanent", `${file.path} is not a path inside the template`);
  }
  const path = join(directory, ...parts);
  refuseLinks(directory, parts);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, file.content, { flag: "wx", mode: file.executable ? 0o755 : 0o644 });
}

/** A fetched repository may hold links; writing through one would leave the component's directory. */
function refuseLinks(directory: string, parts: string[]): void {
  for (let count = 1; count < parts.length; count += 1) {
    const parent = join(directory, ...parts.slice(0, count));
    if (lstatSync(parent, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new DriverError(
        "permanent",
        `${parts.join("/")} would be written through a link of the repository`,
      );
    }
  }
}

/** Shows each volume at its place in the release; what lies there already seeds a volume that is still empty. */
function linkVolumes(component: ComponentHandle, directory: string): void {
  for (const { name, path } of component.spec.volumes) {
    const place = join(directory, path);
    const volume = join(component.paths.volumes, name);
    refuseLinks(directory, path.split("/"));
    const there = lstatSync(place, { throwIfNoEntry: false });
    if (there?.isDirectory() && readdirSync(volume).length === 0) {
      cpSync(place, volume, { recursive: true, verbatimSymlinks: true });
      giveTo(volume, component.record.owner);
      chmodSync(volume, 0o700);
    }
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(volume, place);
  }
  giveTo(directory, component.record.owner);
}

async function prepare(component: ComponentHandle, command: string[]): Promise<void> {
  component.log(`Preparing: ${command.join(" ")}`);
  const result = await runInComponent(component, "r0", {
    command,
    timeoutMs: prepareMs,
    signal: component.signal,
    maxOutputBytes: 256 * 1024,
    onLine: (line) => component.log(line),
  });
  throwIfAborted(component.signal);
  if (result.exitCode === 0) return;
  if (result.timedOut)
    throw new DriverError("retryable", `${command[0]} was stopped after ${prepareMs / 60_000} minutes`);
  const lines = component.redact(
    `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-6).join("\n"),
  );
  throw new DriverError(
    "permanent",
    `${command.join(" ")} failed (${result.exitCode ?? result.signal}).\n${lines}`,
  );
}
