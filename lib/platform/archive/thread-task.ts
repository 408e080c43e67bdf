import type { ArchiveLimits } from "./limits";
import type { ArchiveFile } from "./read-archive";

export interface ThreadTask {
  bytes: Uint8Array;
  limits: ArchiveLimits;
  keep: boolean;
}

export type ThreadAnswer = { files: ArchiveFile[] } | { refused: string; limit: boolean };
