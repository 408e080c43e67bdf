import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import type { Mount } from "./types";

/** Directories of the system's programs and libraries; on most hosts all but the first are links into it. */
const systemDirectories = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"];

/** What programs read of /etc: name service, certificates, the linker's cache, the time zone. No more of it exists. */
const etcEntries = [
  "alternatives",
  "ca-certificates",
  "crypto-policies",
  "gai.conf",
  "host.conf",
  "hosts",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "mime.types",
  "networks",
  "nsswitch.conf",
  "pki",
  "protocols",
  "resolv.conf",
  "services",
  "ssl",
  "timezone",
];

/** The processors there are: runtimes size their thread pools by it. */
const sysEntries = ["/sys/devices/system/cpu", "/sys/devices/system/node"];

export interface SystemLink {
  path: string;
  /** What the link says, as it stands on the host. */
  to: string;
}

/** What every confined program sees of the host, read-only, and links as the host has them. */
export function systemMounts(): { mounts: Mount[]; links: SystemLink[] } {
  const mounts: Mount[] = [];
  const links: SystemLink[] = [];
  for (const path of systemDirectories) {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts?.isSymbolicLink()) links.push({ path, to: readlinkSync(path) });
    else if (facts?.isDirectory()) mounts.push({ source: path });
  }
  for (const name of etcEntries) {
    const source = realPath(`/etc/${name}`);
    if (source) mounts.push({ source, target: `/etc/${name}` });
  }
  for (const path of sysEntries) if (existsSync(path)) mounts.push({ source: path });
  return { mounts, links };
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    // Absent, or a link to a file that is absent (resolv.conf without a resolver).
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Whether a path is shown by the system's own directories already. */
export function isSystemPath(path: string): boolean {
  const full = resolve(path);
  return systemDirectories.some((directory) => full === directory || full.startsWith(`${directory}/`));
}

/**
 * What has to be mounted so that a program of the host can run: nothing when it lies in the system's directories, else
 * its installation (`prefix` of `prefix/bin/program`), or the file alone where that would show a home folder.
 */
export function programMounts(file: string): Mount[] {
  const places = new Set([file, realpathSync(file)]);
  return [...places].flatMap((place) => {
    if (!isAbsolute(place) || isSystemPath(place)) return [];
    const directory = dirname(place);
    const prefix = dirname(directory);
    return [{ source: directory.endsWith("/bin") && isInstallation(prefix) ? prefix : place }];
  });
}

/**
 * Whether a folder holds one installation, as version managers and archives make them, and may be shown whole. A home is
 * none, and neither are folders such as ~/.local and ~/.cargo, which hold a person's other files beside programs.
 */
function isInstallation(prefix: string): boolean {
  const parts = prefix.split("/").filter(Boolean);
  const isDotFolder = parts.at(-1)?.startsWith(".") ?? false;
  return parts.length > 2 && !isDotFolder;
}
