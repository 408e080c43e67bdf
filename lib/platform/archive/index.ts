export { copyTar, type TarCopy } from "./copy-tar";
export {
  ArchiveError,
  safePath,
  uploadLimits,
} from "./limits";
export { type ArchiveFile, archiveFormat } from "./read-archive";
export {
  addContent,
  addEntry,
  createPack,
  type Header,
  type Pack,
  packText,
  readMembers,
  tarStream,
} from "./tar";
export { checkArchive, stripCommonFolder, unpackArchive } from "./unpack-archive";
