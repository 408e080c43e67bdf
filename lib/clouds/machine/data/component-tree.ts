import { chownSync, mkdirSync, rmdirSync } from "node:fs";
import { PassThrough, type Readable } from "node:stream";
import { copyTar, type Pack, type TarCopy, tarStream } from "@/lib/platform/archive";
import type { ChildResult, RunChildOptions } from "@/lib/platform/exec/child";
import { type Mount, runConfined } from "@/lib/platform/sandbox";
import { DriverError } from "../../contract";
import type { ComponentHandle } from "../component";
import { toDriverError } from "../errors";
import { confinementOf } from "../isolation/confinement";
import { fileWorkMark } from "../processes/members";

/**
 * The only code that touches what a component can write; measure.ts measures it. It never runs as Rostrum: each piece of work is a short-lived
 * process of the component's user that sees the directories in question and nothing else, so a link, a swapped folder or
 * a race inside them can lead nowhere. Bytes come and go by pipes.
 */

const workMs = 60 * 60_000;
/** Exit code of the scripts below for "there is no such folder". */
const absentCode = 44;
/** … for "this is a link, which is not followed". */
const linkCode = 45;

type Work = Pick<RunChildOptions, "stdin" | "stdout" | "signal" | "timeoutMs">;

/** Runs a shell script over directories of a component. `$1` … are the words given. */
async function runOn(
  component: ComponentHandle,
  mounts: readonly Mount[],
  script: string,
  words: readonly string[],
  work: Partial<Work> = {},
): Promise<ChildResult> {
  const { machine } = component;
  const spec = confinementOf(component, { mounts, cwd: "/", network: "none" });
  return await runConfined(
    machine.sandbox,
    { ...spec, fileBytes: null },
    ["/bin/sh", "-c", script, "tree", ...words],
    {
      environment: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", ...component.marks(fileWorkMark) },
      timeoutMs: workMs,
      signal: component.signal,
      ...work,
    },
    // Rostrum's own work, of programs of the system: it is not held back by the component's limits.
    () => undefined,
  );
}

/** @throws DriverError saying what could not be done, when the script failed */
function check(result: ChildResult, what: string): ChildResult {
  if (result.aborted) throw new DriverError("retryable", `${what} was interrupted`);
  if (result.timedOut) throw new DriverError("retryable", `${what} took too long`);
  if (result.exitCode === 0) return result;
  const said = result.stderr.trim().split("\n").slice(-2).join(" ");
  if (/no space left|quota exceeded/i.test(said)) {
    throw new DriverError("retryable", `The disk is full: ${what} failed`, {
      hint: "Free space on the machine’s disk, then resume.",
    });
  }
  throw new DriverError("permanent", `${what} failed: ${said || `exit code ${result.exitCode}`}`);
}

/** Creates an empty directory of the component's. Its parent is Rostrum's own. */
export async function makeEmptyDirectory(component: ComponentHandle, directory: string): Promise<void> {
  await removeDirectory(component, directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { owner } = component.record;
  if (owner) chownSync(directory, owner.uid, owner.gid);
}

/** Removes a directory of the component's with all that is in it; one that is absent is removed. */
export async function removeDirectory(component: ComponentHandle, directory: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT") return;
      if (code !== "ENOTEMPTY" || attempt > 3) throw toDriverError(error);
    }
    const script =
      'chmod -R u+rwX "$1" 2>/dev/null; cd "$1" && find . -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +';
    check(
      await runOn(component, [{ source: directory, writable: true }], script, [directory], {
        signal: undefined,
      }),
      "Removing files",
    );
  }
}

/** Copies a folder aside, sharing blocks where the file system can. `name` is what people call it. */
export async function copyAside(
  component: ComponentHandle,
  source: { mount: Mount; path: string; name: string },
  target: string,
): Promise<void> {
  const script = `[ ! -L "$1" ] || exit ${linkCode}; [ -d "$1" ] || exit ${absentCode}
cp -a --reflink=auto "$1/." "$2/" 2>/dev/null || cp -a "$1/." "$2/"`;
  const mounts = [source.mount, { source: target, writable: true }];
  const result = await runOn(component, mounts, script, [source.path, target]);
  const { component: owner } = component.ref;
  if (result.exitCode === absentCode) {
    throw new DriverError("permanent", `${owner} has no folder "${source.name}"`);
  }
  if (result.exitCode === linkCode) {
    throw new DriverError("permanent", `"${source.name}" of ${owner} is a link, which is not followed`);
  }
  check(result, "Copying the files");
}

/** Adds what a folder holds to a tar. `leaveOut` are patterns of tar(1), relative to it, for what need not be read. */
export async function packDirectory(
  component: ComponentHandle,
  folder: { mount: Mount; path: string },
  pack: Pack,
  options: TarCopy & {
    leaveOut?: readonly string[];
    only?: readonly string[];
    signal?: AbortSignal | undefined;
  } = {},
): Promise<void> {
  const script = `[ -d "$1" ] && [ ! -L "$1" ] || exit ${absentCode}
cd "$1" && shift
if tar --version 2>/dev/null | grep -q GNU; then
  tar -c -f - --format=pax --ignore-failed-read --warning=no-file-changed --warning=no-file-removed "$@"
  [ $? -le 1 ]
else tar -c -f - .; fi`;
  const names = options.only ?? ["."];
  const words = [...(options.leaveOut ?? []).map((pattern) => `--exclude=${pattern}`), "--", ...names];
  const ended = new AbortController();
  const raw = new PassThrough();
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal;
  const work = runOn(component, [folder.mount], script, [folder.path, ...words], {
    stdout: raw,
    signal,
  }).then((result) => {
    if (result.exitCode === absentCode) {
      throw new DriverError("permanent", `Files of ${component.ref.component} disappeared while being read`);
    }
    check(result, "Reading the files");
    raw.end();
  });
  work.catch((error: unknown) => raw.destroy(error instanceof Error ? error : new Error(String(error))));
  try {
    await copyTar(raw, pack, options);
    await work;
  } catch (error) {
    ended.abort();
    await work.catch(() => undefined);
    throw error;
  }
}

/** One more script over a component's directories, and the words it is given. */
export interface Arrangement {
  script: string;
  words: readonly string[];
  mounts: readonly Mount[];
}

/**
 * Unpacks a tar into a directory of the component's, without set-id bits, devices and pipes. `within` are folders that must
 * not be links there already; `next` is done in the directory by the same process. @throws ArchiveError when the tar is
 * damaged
 */
export async function unpackInto(
  component: ComponentHandle,
  directory: string,
  source: Readable | ((pack: Pack) => Promise<void>),
  options: { within?: readonly string[]; next?: Arrangement; onDropped?: (what: string) => void } = {},
): Promise<void> {
  const { within = [], next } = options;
  const script = `cd "$1" || exit ${absentCode}; count=$2; shift 2
while [ "$count" -gt 0 ]; do
  if [ -L "$1" ]; then echo "$1" >&2; exit ${linkCode}; fi
  count=$((count - 1)); shift
done
(umask 022; tar -x -p -o -f -) || exit
${next?.script ?? ""}`;
  const fill = typeof source === "function" ? source : (pack: Pack) => copyTar(source, pack, options);
  let failure: unknown;
  const tar = tarStream(async (pack) => {
    try {
      await fill(pack);
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  const mounts = [{ source: directory, writable: true }, ...(next?.mounts ?? [])];
  const words = [directory, String(within.length), ...within, ...(next?.words ?? [])];
  const result = await runOn(component, mounts, script, words, { stdin: tar }).catch((error: unknown) => {
    throw failure ?? error;
  });
  if (failure) throw failure;
  if (result.exitCode === linkCode) {
    throw new DriverError(
      "permanent",
      `${result.stderr.trim()} is a symbolic link in the repository; writing through links isn’t allowed`,
    );
  }
  check(result, "Unpacking the files");
}

/** Arranges a directory of the component's; `what` says in a failure what that was. */
export async function arrange(
  component: ComponentHandle,
  directory: string,
  { script, words, mounts }: Arrangement,
  what: string,
): Promise<void> {
  const all = [{ source: directory, writable: true }, ...mounts];
  check(await runOn(component, all, `cd "$1" || exit; shift\n${script}`, [directory, ...words]), what);
}
