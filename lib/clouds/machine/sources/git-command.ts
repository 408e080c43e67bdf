import type { OutgoingTarget } from "@/lib/platform/outgoing";
import type { GitCredential } from "../../contract";
import { scriptFile } from "../scripts";

/** What Git is to fetch: a folder of this machine, or a repository at IP addresses that were judged. */
export type GitTarget =
  | { kind: "file"; href: string }
  | { kind: "network"; href: string; target: OutgoingTarget; credential: GitCredential | null };

/** How a Git command is started, beside its own arguments. */
export interface GitCommand {
  /** Options that stand before the sub-command. No secret is among them: everybody on the host sees arguments. */
  options: string[];
  environment: Record<string, string>;
  /** For the file descriptor where the askpass program reads it. */
  secretInput: string | undefined;
}

/** The first Git whose HTTP client can be told the IP addresses of a name (http.curloptResolve). */
export const pinningSince = [2, 37] as const;

/** One pair for each time Git may ask: helpers that it starts for old servers ask again. */
const pairs = 16;

/** Nothing of the system, of the user Rostrum runs as or of the repository takes part. */
const always: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.askPass": "",
  "credential.helper": "",
  "fetch.recurseSubmodules": "false",
  "submodule.recurse": "false",
  "transfer.bundleURI": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "http.proxy": "",
  "http.followRedirects": "false",
  "http.emptyAuth": "false",
  "protocol.allow": "never",
};

/** How Git is started so that it reaches the target and nothing else. */
export function gitCommand(runtimeDir: string, source: GitTarget): GitCommand {
  const network = source.kind === "network" ? source.target : null;
  const scheme = network ? network.protocol.slice(0, -1) : "file";
  const settings = {
    ...always,
    [`protocol.${scheme}.allow`]: "always",
    ...(network ? pin(network) : {}),
  };
  const credential = source.kind === "network" ? source.credential : null;
  return {
    options: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    environment: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      // No .netrc, no .config/git, no .ssh: nothing that anybody else wrote.
      HOME: "/nonexistent",
      GIT_CONFIG_GLOBAL: network ? "/dev/null" : scriptFile(runtimeDir, "git-local"),
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_TEMPLATE_DIR: "",
      GIT_TERMINAL_PROMPT: "0",
      GIT_LFS_SKIP_SMUDGE: "1",
      GIT_ALLOW_PROTOCOL: scheme,
      ...(credential && network
        ? {
            GIT_ASKPASS: scriptFile(runtimeDir, "git-askpass"),
            ROSTRUM_GIT_ORIGIN: network.href.slice(0, -network.path.length),
          }
        : {}),
    },
    secretInput: credential
      ? `u:${credential.username}\np:${credential.password}\n`.repeat(pairs)
      : undefined,
  };
}

/** Git's own settings that bind a name to the IP addresses that were judged. */
function pin(target: OutgoingTarget): Record<string, string> {
  const [first] = target.addresses;
  if (target.protocol === "ssh:") return { "core.sshCommand": sshCommand(target.host, first.address) };
  if (target.host === first.address) return {};
  const addresses = target.addresses.map((one) => (one.family === 6 ? `[${one.address}]` : one.address));
  return { "http.curloptResolve": `${target.host}:${target.port}:${addresses.join(",")}` };
}

/** Host and address are of the parser's alphabet: nothing in them means anything to a shell. */
function sshCommand(host: string, address: string): string {
  const options = {
    BatchMode: "yes",
    Hostname: address,
    HostKeyAlias: host,
    StrictHostKeyChecking: "accept-new",
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/etc/ssh/ssh_known_hosts",
    CheckHostIP: "no",
    CanonicalizeHostname: "no",
    ProxyCommand: "none",
    ProxyJump: "none",
    ControlPath: "none",
    ClearAllForwardings: "yes",
    PermitLocalCommand: "no",
    // Keys of the user Rostrum runs as are lent to no one.
    IdentityAgent: "none",
    IdentityFile: "none",
  };
  const words = Object.entries(options).map(([name, value]) => `-o ${name}=${value}`);
  return `ssh -F /dev/null ${words.join(" ")}`;
}

/** Major and minor of `git --version`; null when it says neither. */
export function gitVersion(said: string): readonly [number, number] | null {
  const [, major, minor] = /git version (\d+)\.(\d+)/.exec(said) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
}

/** Whether a Git of that version can be bound to judged addresses of a target. */
export function canPin(version: readonly [number, number] | null, target: OutgoingTarget): boolean {
  if (target.protocol === "ssh:" || target.host === target.addresses[0].address) return true;
  if (version === null) return false;
  const [major, minor] = pinningSince;
  return version[0] > major || (version[0] === major && version[1] >= minor);
}
