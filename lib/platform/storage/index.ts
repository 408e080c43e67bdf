export { FileStore, type StoredFile } from "./file-store";
export { keepFilesPrivate, LooseFilesError, nameRepaired, repairPrivateFiles } from "./private-files";
