import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bytesQuantity } from "@/lib/kernel/quantities";
import { redactText } from "@/lib/platform/crypto";
import type { ChildResult } from "@/lib/platform/exec/child";
import { findProgram } from "@/lib/platform/exec/find-program";
import { AddressError, type OutgoingPolicy, openTarget, UnresolvedError } from "@/lib/platform/outgoing";
import { type Mount, programMounts } from "@/lib/platform/sandbox";
import { DriverError, type FileSource } from "../../contract";
import type { ComponentHandle } from "../component";
import { arrange } from "../data/component-tree";
import { measureDirectories } from "../data/measure";
import { throwIfAborted } from "../errors";
import { scriptFile } from "../scripts";
import { isGitRef, parseGitAddress } from "./git-address";
import { canPin, type GitTarget, gitCommand, gitVersion, pinningSince } from "./git-command";
import { sourceLimits } from "./sources";

const fetchMs = 5 * 60_000;
const lookEveryMs = 1_000;

/**
 * Takes the address apart, resolves its host once, judges what was found, and finds the project's credential for it.
 * @throws DriverError permanent when it may not be fetched, retryable when the host is not found
 */
export async function openGitSource(
  source: { git: string; ref?: string | undefined },
  allowLocal: boolean,
  files: Pick<FileSource, "gitCredential">,
  policy: OutgoingPolicy = {},
): Promise<GitTarget> {
  if (source.ref !== undefined && !isGitRef(source.ref))
    throw new DriverError("permanent", `"${source.ref}" is not a valid branch, tag or commit`);
  try {
    const parsed = parseGitAddress(source.git, allowLocal);
    if (parsed.kind === "file") return parsed;
    const target = await openTarget(parsed.address, { ...policy, loopback: allowLocal });
    const { protocol, host, port, path } = target;
    const credential =
      protocol === "ssh:" ? null : ((await files.gitCredential?.({ protocol, host, port, path })) ?? null);
    return { kind: "network", href: parsed.href, target, credential };
  } catch (cause) {
    if (cause instanceof AddressError) throw new DriverError("permanent", cause.message, { cause });
    if (cause instanceof UnresolvedError) throw new DriverError("retryable", cause.message, { cause });
    throw cause;
  }
}

/** Fetches one commit as the component's user into `directory`, without history, hooks or the .git folder. */
export async function fetchGit(
  component: ComponentHandle,
  directory: string,
  source: { git: string; ref?: string | undefined },
  files: FileSource,
): Promise<void> {
  const { machine } = component;
  const program = findProgram("git");
  if (!program) throw new DriverError("permanent", "git is not installed on this machine");
  const target = await openGitSource(source, machine.config.allowFileGit, files);
  component.log(`Fetching ${target.href} ${source.ref ?? ""}`.trimEnd());
  const git = openGit(component, program, directory, target);
  await refuseOldGit(git, target);
  await git.succeed("init", "--quiet");
  const wanted = ["--no-tags", "--no-recurse-submodules", "--", target.href, source.ref ?? "HEAD"];
  const shallow = await git.run("fetch", "--quiet", "--depth", "1", ...wanted);
  if (noShallow.test(shallow.stderr)) {
    // A server that only hands out files cannot cut the history off; all of it comes, within the same limits.
    component.log("The server doesn’t support shallow fetches. Fetching the full history");
    await git.succeed("fetch", "--quiet", ...wanted);
  } else git.check(shallow);
  await git.succeed("checkout", "--quiet", "--no-recurse-submodules", "FETCH_HEAD", "--");
  await refuseUnfetched(git);
  const arrangement = { script: "rm -rf -- .git", words: [], mounts: [] };
  await arrange(component, directory, arrangement, "Removing the history");
}

/** What is not fetched is refused: an empty folder or a pointer would make something fail later, for no visible reason. */
async function refuseUnfetched(git: ReturnType<typeof openGit>): Promise<void> {
  const hint = "Add the content to the repository itself, or upload an archive that contains it.";
  const pattern = "^submodule\\..*\\.path$";
  const declared = await git.run("config", "--file", ".gitmodules", "--get-regexp", pattern);
  const paths = declared.stdout.split("\n").flatMap((line) => line.split(" ").slice(1).join(" ") || []);
  if (paths.length > 0) {
    const shown = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ", …" : "");
    const message = `The repository has Git submodules, which are not supported yet: ${shown}`;
    throw new DriverError("permanent", message, { hint });
  }
  const large = await git.run("grep", "--cached", "-q", "-e", "filter=lfs", "--", "*.gitattributes");
  if (large.exitCode === 0) {
    const message = "The repository keeps files with Git LFS, which is not supported yet";
    throw new DriverError("permanent", message, { hint });
  }
}

/** An older Git would look the name up again by itself, and may be told another address than the one that was judged. */
async function refuseOldGit(git: ReturnType<typeof openGit>, source: GitTarget): Promise<void> {
  if (source.kind === "file") return;
  const { stdout } = await git.run("--version");
  if (canPin(gitVersion(stdout), source.target)) return;
  const message = `This machine has ${stdout.trim() || "an unknown Git"}; fetching by host name needs ${pinningSince.join(".")} or newer`;
  throw new DriverError("permanent", message, { hint: "Update Git on the machine that runs the workers." });
}

/** What git says of a server that cannot send a part of the history. */
const noShallow = /does not support shallow|dumb http transport/i;

/** Git commands in one directory that share a time limit and a limit of what they may write there. */
function openGit(component: ComponentHandle, program: string, directory: string, source: GitTarget) {
  const { machine } = component;
  const { options, environment, secretInput } = gitCommand(machine.host.runtimeDir, source);
  const endMs = Date.now() + fetchMs;
  const check = (result: ChildResult) => {
    throwIfAborted(component.signal);
    if (result.exitCode !== 0) throw gitFailure(component, source, result);
  };
  // The one place where Git is started.
  const run = (...args: string[]): Promise<ChildResult> =>
    withinSize(component, directory, (signal) =>
      component.run([program, ...options, ...args], {
        cwd: directory,
        mounts: [...programMounts(program), ...sourceMounts(machine.host.runtimeDir, source)],
        // Local addresses are the host's own: they are allowed for trying things out.
        network: machine.config.allowFileGit ? "host" : "component",
        bare: true,
        environment,
        secretInput: args[0] === "fetch" ? secretInput : undefined,
        timeoutMs: Math.max(1, endMs - Date.now()),
        signal,
        maxOutputBytes: 64 * 1024,
      }),
    );
  return { run, check, succeed: async (...args: string[]) => check(await run(...args)) };
}

/**
 * Ends the work when a directory outgrows what a source may hold.
 * @throws DriverError permanent, when it did
 */
async function withinSize<T>(
  component: ComponentHandle,
  directory: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const broken = new AbortController();
  const done = new AbortController();
  const outer = component.signal;
  const watching = watchSize(component, directory, done.signal).catch((error: unknown) =>
    broken.abort(error),
  );
  try {
    return await work(AbortSignal.any([broken.signal, ...(outer ? [outer] : [])]));
  } finally {
    done.abort();
    await watching;
    broken.signal.throwIfAborted();
  }
}

/** Measures once more when the work is done: it may have been faster than the watch. */
async function watchSize(component: ComponentHandle, directory: string, done: AbortSignal): Promise<void> {
  for (;;) {
    const last = done.aborted;
    if (((await measureDirectories(component, [directory]))?.[0] ?? 0) > sourceLimits.maxBytes) {
      const limit = bytesQuantity(sourceLimits.maxBytes);
      throw new DriverError("permanent", `The Git repository exceeds the ${limit} limit for sources`, {
        hint: "Upload an archive with only the files that the service needs.",
      });
    }
    if (last) return;
    await sleep(lookEveryMs, undefined, { signal: done }).catch(() => undefined);
  }
}

/** Our own small programs for it, and the folder of a file:// address. */
function sourceMounts(runtimeDir: string, source: GitTarget): Mount[] {
  const own = [{ source: dirname(scriptFile(runtimeDir, "git-askpass")) }];
  return source.kind === "file" ? [...own, { source: fileURLToPath(source.href) }] : own;
}

function gitFailure(
  component: ComponentHandle,
  source: GitTarget,
  { stderr, timedOut }: ChildResult,
): DriverError {
  if (timedOut) return new DriverError("retryable", "Fetching the Git repository took too long");
  const credential = source.kind === "network" ? source.credential : null;
  const secrets = credential ? [credential.password] : [];
  const text = redactText(component.redact(stderr.trim().split("\n").slice(-3).join(" ")), secrets);
  const passing =
    /could not resolve|timed out|connection (refused|reset)|early eof|returned error: 5\d\d/i.test(text);
  return new DriverError(passing ? "retryable" : "permanent", `Git: ${text}`, {
    hint: hintFor(text, source),
  });
}

function hintFor(text: string, source: GitTarget): string {
  if (/unable to update url base from redirection|redirect|returned error: 30\d/i.test(text))
    return "The address redirects. Use the target address (often the same one ending in .git).";
  if (source.kind === "network" && source.target.protocol === "ssh:")
    return "Rostrum has no SSH keys. Use the https:// address, with a project Git credential if required.";
  if (/could not read username|authentication failed|returned error: 40[13]/i.test(text)) {
    if (source.kind === "network" && source.credential)
      return `The server rejected the project’s Git credential for ${source.target.host}. Check it in the project’s settings.`;
    return "If the repository is private, add a Git credential for its host in the project’s settings.";
  }
  return "Check the address, the branch and the machine’s access to the repository.";
}
