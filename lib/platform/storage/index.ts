export { type DiskRoom, readDiskRoom, requireDiskRoom, resetDiskRoom } from "./disk-room";
export { FileStore, type StoredFile } from "./file-store";
export { keepFilesPrivate, LooseFilesError, nameRepaired, repairPrivateFiles } from "./private-files";
