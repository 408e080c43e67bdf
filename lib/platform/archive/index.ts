export { addEntry, copyTar, packText, type TarCopy, tarStream } from "./copy-tar";
export {
  ArchiveError,
  type ArchiveLimits,
  safePath,
  type UnpackLimits,
  uploadLimits,
} from "./limits";
export { type ArchiveFile, type ArchiveFormat, archiveFormat, tarBytes } from "./read-archive";
export { checkArchive, stripCommonFolder, unpackArchive } from "./unpack-archive";
