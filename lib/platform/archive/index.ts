export {
  ArchiveError,
  type ArchiveLimits,
  safePath,
  type UnpackLimits,
  uploadLimits,
} from "./limits";
export { packText, packTree, tarStream } from "./pack-tree";
export { type ArchiveFile, type ArchiveFormat, archiveFormat, tarBytes } from "./read-archive";
export { checkArchive, stripCommonFolder, unpackArchive } from "./unpack-archive";
export { UnpackGuard } from "./unpack-guard";
export { unpackTar } from "./unpack-tar";
export { unpackZip } from "./unpack-zip";
