import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@/lib/kernel/canonical";
import { DriverError, type FileSource } from "../../contract";
import type { ComponentHandle } from "../component";
import {
  type Arrangement,
  arrange,
  makeEmptyDirectory,
  removeDirectory,
  unpackInto,
} from "../data/component-tree";
import { finishExchanges } from "../data/exchange";
import { requireStorage, storageFailure, throwIfStorageEnded } from "../data/storage-failure";
import { throwIfAborted } from "../errors";
import { volumeMounts } from "../isolation/confinement";
import { runInComponent } from "../isolation/run-in";
import { fetchGit } from "./git-source";
import { foldersOf, packFiles, readUpload } from "./sources";

const prepareMs = 15 * 60_000;

/**
 * Brings the component's own files to what is wanted: a new directory beside the one in use, which the running processes
 * keep until they are restarted and which they cannot see the new one from, so a failure here leaves the component as it
 * was and nothing running can interfere.
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
  try {
    if (isNew) {
      record.release = { name: String(Number(before?.name ?? 0) + 1), digest };
      await fill(component, join(paths.releases, record.release.name), files);
    }
    if (spec.prepare.length > 0) await requireStorage(component);
    for (const command of spec.prepare) await prepare(component, command);
  } catch (error) {
    const failed = component.releaseDir;
    record.release = before;
    // Too much of it must not stay: nothing would start beside it.
    if (isNew && storageFailure(component) !== null) await removeDirectory(component, failed);
    throw error;
  }
  record.prepared = environment;
  component.save();
}

/** Removes the directories of earlier releases, once nothing runs in them. */
export async function dropOldReleases(component: ComponentHandle): Promise<void> {
  const { record, paths } = component;
  for (const name of readdirSync(paths.releases)) {
    if (name !== record.release?.name) await removeDirectory(component, join(paths.releases, name));
  }
}

/** Removes the volumes that the component no longer has, once nothing runs that was given them; the others keep their data. */
export async function dropOldVolumes(component: ComponentHandle): Promise<void> {
  const { paths, volumes } = component;
  if (!existsSync(paths.volumes)) return;
  for (const name of readdirSync(paths.volumes)) {
    // Names with a dot belong to an exchange of a volume's content.
    if (!name.startsWith(".") && !Object.hasOwn(volumes, name))
      await removeDirectory(component, join(paths.volumes, name));
  }
}

/** Volumes and the directory for temporary files, private to the component's user. */
export function makeOwnDirectories(component: ComponentHandle): void {
  const { record, paths } = component;
  finishExchanges(paths.volumes);
  for (const directory of [paths.run, ...Object.values(component.volumes)]) {
    if (existsSync(directory)) continue;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (record.owner) chownSync(directory, record.owner.uid, record.owner.gid);
  }
}

async function fill(component: ComponentHandle, directory: string, files: FileSource): Promise<void> {
  const { spec, signal } = component;
  await makeEmptyDirectory(component, directory);
  const { archive } = spec;
  const list = spec.files ? await files.list(spec.files.dir) : [];
  if (spec.files && list.length === 0) {
    throw new DriverError("permanent", `The template has no files in ${spec.files.dir}`);
  }
  const volumes = linkVolumes(component);
  if (archive && "git" in archive) await fetchGit(component, directory, archive, files);
  else if (archive) {
    component.log("Unpacking the upload");
    const upload = await readUpload(await files.upload(archive.upload));
    const options = spec.files ? {} : { next: volumes };
    await unpackInto(component, directory, (pack) => packFiles(pack, upload), options);
  }
  throwIfAborted(signal);
  if (spec.files) {
    component.log(`Copying ${list.length} files of the template`);
    const within = foldersOf(list);
    await unpackInto(component, directory, (pack) => packFiles(pack, list), { within, next: volumes });
  } else if (!archive || "git" in archive) {
    await arrange(component, directory, volumes, "Linking the volumes");
  }
}

/**
 * Shows each volume at its place in the release; what lies there already seeds a volume that is still empty. Set-id bits
 * are taken off everything.
 */
function linkVolumes(component: ComponentHandle): Arrangement {
  const script = `while [ $# -gt 0 ]; do
  place=$1 volume=$2; shift 2
  at=; IFS=/; for part in \${place%/*}; do
    [ "$place" = "\${place%/*}" ] && break
    at=\${at:+$at/}$part
    if [ -L "$at" ]; then echo "$place would be written through a symbolic link in the repository" >&2; exit 1; fi
  done; unset IFS
  if [ -d "$place" ] && [ ! -L "$place" ] && [ -z "$(ls -A "$volume")" ]; then
    cp -a "$place/." "$volume/" && chmod -R a-s "$volume" || exit 1
    chmod 700 "$volume"
  fi
  rm -rf -- "./$place"
  case $place in */*) mkdir -p -- "./\${place%/*}";; esac
  ln -s -- "$volume" "./$place" || exit 1
done
find . -perm /6000 ! -type l -exec chmod a-s {} +`;
  const words = component.spec.volumes.flatMap(({ name, path }) => [
    path,
    join(component.paths.volumes, name),
  ]);
  return { script, words, mounts: volumeMounts(component) };
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
  throwIfStorageEnded(component);
  if (result.exitCode === 0) return;
  if (result.timedOut)
    throw new DriverError("retryable", `${command[0]} timed out after ${prepareMs / 60_000} minutes`);
  const lines = component.redact(
    `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-6).join("\n"),
  );
  throw new DriverError(
    "permanent",
    `${command.join(" ")} failed (${result.exitCode ?? result.signal}).\n${lines}`,
  );
}
