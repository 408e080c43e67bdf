export { digestOfFiles, type FileEntry, fileSourceFor, readUpload, relativeTo } from "./files";
export { type LoadedVersion, loadVersion, loadVersionByName } from "./load-version";
