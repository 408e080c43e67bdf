import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bytesQuantity } from "@/lib/kernel/quantities";
import type { ChildResult } from "@/lib/platform/exec/child";
import { findProgram } from "@/lib/platform/exec/find-program";
import { isInner } from "@/lib/platform/outgoing";
import { type Mount, programMounts } from "@/lib/platform/sandbox";
import { DriverError } from "../contract";
import type { ComponentHandle } from "./component";
import { arrange, measureDirectories } from "./component-tree";
import { throwIfAborted } from "./errors";
import { writeIfOther } from "./files";
import { sourceLimits } from "./sources";

const fetchMs = 5 * 60_000;
const lookEveryMs = 1_000;

/** What is wrong with a Git address for this cloud, in words; null when nothing is. */
export function judgeGitAddress(
  address: string,
  ref: string | undefined,
  allowLocal: boolean,
): string | null {
  if (ref !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/.test(ref)) {
    return `"${ref}" cannot be a branch, tag or commit`;
  }
  const scp = /^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^:]/.test(address);
  const scheme = scp ? "ssh" : /^([a-z]+):\/\//.exec(address)?.[1];
  if (!scheme || !["https", "http", "ssh", "file"].includes(scheme)) {
    return "expected a Git address that starts with https://, http:// or ssh://";
  }
  if (scheme === "file" && !allowLocal) return "this cloud does not allow file:// addresses";
  if (!scp && !URL.canParse(address)) return `"${address}" is not an address`;
  return null;
}

/** A template must not reach services that only this host is meant to reach. */
async function refuseInnerHost(address: string): Promise<void> {
  const host = /^[A-Za-z0-9_.-]+@([A-Za-z0-9.-]+):/.exec(address)?.[1] ?? new URL(address).hostname;
  const name = host.replace(/^\[|\]$/g, "");
  const found = await lookup(name, { all: true }).catch((cause: unknown) => {
    throw new DriverError("retryable", `The host ${name} was not found`, { cause });
  });
  if (found.some((one) => isInner(one.address))) {
    throw new DriverError(
      "permanent",
      `This cloud does not fetch from ${name}: it is this machine's own network`,
    );
  }
}

/** Fetches one commit as the component's user into `directory`, without history, hooks or the .git folder. */
export async function fetchGit(
  component: ComponentHandle,
  directory: string,
  source: { git: string; ref?: string | undefined },
): Promise<void> {
  const allowLocal = component.machine.config.allowFileGit;
  const problem = judgeGitAddress(source.git, source.ref, allowLocal);
  if (problem) throw new DriverError("permanent", problem);
  const program = findProgram("git");
  if (!program) throw new DriverError("permanent", "git is not installed on this machine");
  if (!source.git.startsWith("file:") && !allowLocal) await refuseInnerHost(source.git);
  component.log(`Fetching ${source.git.replace(/\/\/[^/@]*@/, "//")} ${source.ref ?? ""}`.trimEnd());
  const git = openGit(component, program, directory, source.git);
  await git.succeed("init", "--quiet");
  const wanted = ["--no-tags", "--", source.git, source.ref ?? "HEAD"];
  const shallow = await git.run("fetch", "--quiet", "--depth", "1", ...wanted);
  if (noShallow.test(shallow.stderr)) {
    // A server that only hands out files cannot cut the history off; all of it comes, within the same limits.
    component.log("The server cannot leave the history out; fetching all of it");
    await git.succeed("fetch", "--quiet", ...wanted);
  } else git.check(shallow);
  await git.succeed("checkout", "--quiet", "FETCH_HEAD");
  const mounts = [{ source: directory, writable: true }];
  await arrange(component, mounts, 'rm -rf -- "$1/.git"', [directory], "Removing the history");
}

/** What git says of a server that cannot send a part of the history. */
const noShallow = /does not support shallow|dumb http transport/i;

/** Git commands in one directory that share a time limit and a limit of what they may write there. */
function openGit(component: ComponentHandle, program: string, directory: string, source: string) {
  const { machine, paths } = component;
  const allowLocal = machine.config.allowFileGit;
  const settings = join(paths.config, "gitconfig");
  // Owners differ on purpose: a local source is not the component's own.
  writeIfOther(settings, "[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n", 0o644);
  const endMs = Date.now() + fetchMs;
  const check = (result: ChildResult) => {
    throwIfAborted(component.signal);
    if (result.exitCode !== 0) throw gitFailure(component, result.stderr, result.timedOut);
  };
  const run = (...args: string[]): Promise<ChildResult> =>
    withinSize(component, directory, (signal) =>
      component.run([program, ...args], {
        cwd: directory,
        mounts: [...programMounts(program), ...localSource(source, allowLocal)],
        // Local addresses are the host's own: they are allowed for trying things out.
        network: allowLocal ? "host" : "component",
        environment: {
          PATH: "/usr/local/bin:/usr/bin:/bin",
          HOME: paths.run,
          GIT_CONFIG_GLOBAL: settings,
          GIT_CONFIG_NOSYSTEM: "1",
          GIT_TERMINAL_PROMPT: "0",
          // An address that was looked at must not lead on to one that was not.
          ...(allowLocal ? {} : noRedirects),
          GIT_ALLOW_PROTOCOL: allowLocal ? "https:http:ssh:file" : "https:http:ssh",
          GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new",
        },
        timeoutMs: Math.max(1, endMs - Date.now()),
        signal,
        maxOutputBytes: 64 * 1024,
      }),
    );
  return { run, check, succeed: async (...args: string[]) => check(await run(...args)) };
}

const noRedirects = {
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "http.followRedirects",
  GIT_CONFIG_VALUE_0: "false",
};

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
    const result = await work(AbortSignal.any([broken.signal, ...(outer ? [outer] : [])]));
    broken.signal.throwIfAborted();
    return result;
  } finally {
    done.abort();
    await watching;
  }
}

async function watchSize(component: ComponentHandle, directory: string, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    if (((await measureDirectories(component, [directory])) ?? 0) > sourceLimits.maxBytes) {
      const limit = bytesQuantity(sourceLimits.maxBytes);
      throw new DriverError("permanent", `The Git repository is larger than the ${limit} a source may have`, {
        hint: "Upload an archive of what the service needs.",
      });
    }
    await sleep(lookEveryMs, undefined, { signal: done }).catch(() => undefined);
  }
}

/** The repository of a file:// address, which its fetch has to see. */
function localSource(address: string, allowLocal: boolean): Mount[] {
  if (!allowLocal || !address.startsWith("file:")) return [];
  return [{ source: fileURLToPath(address) }];
}

function gitFailure(component: ComponentHandle, output: string, timedOut: boolean): DriverError {
  if (timedOut) return new DriverError("retryable", "Fetching the Git repository took too long");
  const text = component
    .redact(output.trim().split("\n").slice(-3).join(" "))
    .replace(/\/\/[^/@\s]*@/g, "//");
  if (/unable to update url base from redirection|redirect/i.test(text)) {
    return new DriverError("permanent", `Git: ${text}`, {
      hint: "The address leads on to another one; give that one (often the same with .git at its end).",
    });
  }
  const passing =
    /could not resolve|timed out|connection (refused|reset)|early eof|returned error: 5\d\d/i.test(text);
  return new DriverError(passing ? "retryable" : "permanent", `Git: ${text}`, {
    hint: "Check the address and the branch, and that the machine may read the repository.",
  });
}
