export { addEntry, copyTar, packText, type TarCopy, tarStream } from "./copy-tar";
export {
  ArchiveError,
  safePath,
  uploadLimits,
} from "./limits";
export { type ArchiveFile, archiveFormat } from "./read-archive";
export { checkArchive, stripCommonFolder, unpackArchive } from "./unpack-archive";
