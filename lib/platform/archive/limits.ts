import { formatBytes } from "@/lib/kernel/format";

/** What an archive may hold, however it is packed. */
export interface ArchiveLimits {
  /** Sum of all unpacked contents and of what describes them. */
  maxBytes: number;
  /** Entries of every kind: files, folders, links and headers that only describe. */
  maxEntries: number;
  /** Folders within folders; 64 when absent. */
  maxDepth?: number;
  /** Unpacked bytes per packed byte, from `ratioFromBytes` on; no limit when absent. */
  maxRatio?: number;
}

/** What a person may upload; every place that reads an upload uses these. */
export const uploadLimits = { maxBytes: 256 * 2 ** 20, maxEntries: 50_000, maxRatio: 250 } as const;

/** Small texts pack very well; a ratio says something from here on. */
const ratioFromBytes = 32 * 2 ** 20;
const defaultDepth = 64;
const maxPathBytes = 1_024;
const maxNameBytes = 255;
/** PATH_MAX of Linux, for trees that come out of a file system. */
const maxTreePathBytes = 4_096;

/**
 * Something in an archive that must not be unpacked. Its message is for people; `limit` says that the archive is too
 * large rather than damaged or unsafe.
 */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly limit: boolean;

  constructor(message: string, options: ErrorOptions & { limit?: boolean } = {}) {
    super(message, options);
    this.limit = options.limit ?? false;
  }
}

/** Nothing is wrong with the archive: too many others are being read. */
export class ArchiveBusyError extends Error {
  override readonly name = "ArchiveBusyError";
  readonly retryAfterSeconds = 10;

  constructor(cause: unknown) {
    super("Too many archives are being read. Try again shortly.", { cause });
  }
}

/** Counts everything an archive makes its reader do, and refuses it where that is too much. */
export class Budget {
  private entries = 0;
  private bytes = 0;

  /** @param packedBytes size of the archive itself, for the ratio */
  constructor(
    private readonly limits: ArchiveLimits & { allowLinks?: boolean },
    private readonly packedBytes = Number.POSITIVE_INFINITY,
  ) {}

  get allowsLinks(): boolean {
    return this.limits.allowLinks ?? false;
  }

  /** One more entry of any kind, headers too. @throws ArchiveError */
  entry(): void {
    this.entries += 1;
    if (this.entries > this.limits.maxEntries) {
      throw new ArchiveError(`The archive contains more than ${this.limits.maxEntries} entries.`, {
        limit: true,
      });
    }
  }

  /** Bytes that come out of the archive, counted before they are read where their number is known. */
  count(bytes: number): void {
    this.bytes += bytes;
    const { maxBytes, maxRatio } = this.limits;
    if (this.bytes > maxBytes) {
      throw new ArchiveError(`The archive unpacks to more than ${formatBytes(maxBytes)}.`, { limit: true });
    }
    if (maxRatio && this.bytes > ratioFromBytes && this.bytes > this.packedBytes * maxRatio) {
      throw new ArchiveError(`The archive unpacks to more than ${maxRatio} times its size.`, { limit: true });
    }
  }

  /** A path that stays inside the archive, its parts joined by slashes; null for the root. @throws ArchiveError */
  path(name: string): string | null {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (isUnsafe(name, parts)) {
      throw new ArchiveError(`The archive contains a path outside its folder: ${shown(name)}`);
    }
    const pathBytes = this.allowsLinks ? maxTreePathBytes : maxPathBytes;
    const depth = this.limits.maxDepth ?? (this.allowsLinks ? Number.POSITIVE_INFINITY : defaultDepth);
    if (
      parts.length > depth ||
      Buffer.byteLength(name) > pathBytes ||
      parts.some((part) => Buffer.byteLength(part) > maxNameBytes)
    ) {
      throw new ArchiveError(`The archive contains a path that is too long or too deep: ${shown(name)}`, {
        limit: true,
      });
    }
    if (!this.allowsLinks && controlCharacters.test(name)) {
      throw new ArchiveError(`The archive contains a name with control characters: ${shown(name)}`);
    }
    return parts.length === 0 ? null : parts.join("/");
  }
}

const controlCharacters = /\p{Cc}/u;

function isUnsafe(name: string, parts: readonly string[]): boolean {
  return name.startsWith("/") || name.includes("\\") || name.includes("\0") || parts.includes("..");
}

/** A name as a message may carry it. */
export function shown(name: string): string {
  return name.slice(0, 200).replace(/\p{Cc}/gu, "?");
}

/** A path that stays inside: relative, no "..", no backslash; null when it does not. */
export function safePath(path: string): string | null {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length === 0 || path.length > 512 || isUnsafe(path, parts) ? null : parts.join("/");
}

const setIdBits = 0o6000;

/** Refuses what an upload must not bring: bits that lend rights. @throws ArchiveError */
export function refuseSetId(name: string, mode: number): void {
  if ((mode & setIdBits) === 0) return;
  throw new ArchiveError(
    `The archive contains a file with the set-user-ID or set-group-ID bit, which isn’t allowed: ${shown(name)}`,
  );
}

/** @throws ArchiveError always */
export function refuseKind(name: string): never {
  throw new ArchiveError(`The archive contains a link or device, which isn’t allowed: ${shown(name)}`);
}
