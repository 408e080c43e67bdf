import { lookup } from "node:dns/promises";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { runChild } from "@/lib/platform/exec/child";
import { findProgram } from "@/lib/platform/exec/find-program";
import { isInner } from "@/lib/platform/outgoing";
import { DriverError } from "../contract";
import type { ComponentHandle } from "./component";
import { giveTo, removeTree, writeAtomically } from "./files";
import { ArchiveError, unpackTar } from "./tar";
import { unpackZip } from "./zip";

const uploadLimits = { maxBytes: 1024 * 1024 * 1024, maxEntries: 50_000, allowLinks: false };
const cloneMs = 5 * 60_000;

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
  const { machine, record, paths } = component;
  const allowLocal = machine.config.allowFileGit;
  const problem = judgeGitAddress(source.git, source.ref, allowLocal);
  if (problem) throw new DriverError("permanent", problem);
  const git = findProgram("git");
  if (!git) throw new DriverError("permanent", "git is not installed on this machine");
  if (!source.git.startsWith("file:") && !allowLocal) await refuseInnerHost(source.git);
  component.log(`Fetching ${source.git.replace(/\/\/[^/@]*@/, "//")} ${source.ref ?? ""}`.trimEnd());
  const settings = join(paths.run, "gitconfig");
  // Owners differ on purpose: a local source is not the component's own.
  writeAtomically(settings, "[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n", 0o644);
  giveTo(directory, record.owner);
  const run = async (...args: string[]) => {
    const result = await runChild([git, ...args], {
      cwd: directory,
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
      uid: record.owner?.uid,
      gid: record.owner?.gid,
      timeoutMs: cloneMs,
      signal: component.signal,
      maxOutputBytes: 64 * 1024,
    });
    if (result.exitCode !== 0) throw gitFailure(component, result.stderr, result.timedOut);
  };
  await run("init", "--quiet");
  await run("fetch", "--quiet", "--depth", "1", "--no-tags", "--", source.git, source.ref ?? "HEAD");
  await run("checkout", "--quiet", "FETCH_HEAD");
  await removeTree(join(directory, ".git"));
}

const noRedirects = {
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "http.followRedirects",
  GIT_CONFIG_VALUE_0: "false",
};

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
  const passing = /could not resolve|timed out|connection (refused|reset)|early eof|5\d\d/i.test(text);
  return new DriverError(passing ? "retryable" : "permanent", `Git: ${text}`, {
    hint: "Check the address and the branch, and that the machine may read the repository.",
  });
}

/** Unpacks an uploaded .tar.gz, .tar or .zip, told by its bytes; a single folder around everything is taken off. */
export async function unpackUpload(directory: string, content: Uint8Array): Promise<void> {
  try {
    if (content[0] === 0x50 && content[1] === 0x4b) unpackZip(content, directory, uploadLimits);
    else {
      const source = Readable.from([Buffer.from(content.buffer, content.byteOffset, content.byteLength)]);
      const packed = content[0] === 0x1f && content[1] === 0x8b;
      const tar = packed ? source.pipe(createGunzip()) : source;
      if (packed) source.on("error", (error) => tar.destroy(error));
      await unpackTar(tar, directory, uploadLimits);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ENOSPC" || code === "EDQUOT") throw error;
    const message = error instanceof ArchiveError ? error.message : "The uploaded archive is damaged";
    throw new DriverError("permanent", message, { cause: error, hint: "Upload a .tar.gz or .zip file." });
  }
  takeOffSingleFolder(directory);
}

function takeOffSingleFolder(directory: string): void {
  const entries = readdirSync(directory, { withFileTypes: true });
  const [only] = entries;
  if (entries.length !== 1 || !only?.isDirectory()) return;
  const aside = join(directory, `.single-${process.pid}`);
  renameSync(join(directory, only.name), aside);
  for (const name of readdirSync(aside)) renameSync(join(aside, name), join(directory, name));
  rmSync(aside, { recursive: true });
}

/** An empty directory that only Rostrum can enter. */
export function makeEmpty(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}
