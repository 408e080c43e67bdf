export { readDiskRoom, requireDiskRoom, resetDiskRoom } from "./disk-room";
export { FileStore } from "./file-store";
export { keepFilesPrivate, LooseFilesError, nameRepaired, repairPrivateFiles } from "./private-files";
