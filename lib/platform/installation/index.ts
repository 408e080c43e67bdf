export { readManifest, verifyFiles } from "./manifest";
export { type RestoreOptions, restoreInstallation, unfinishedRestore } from "./restore";
export { type SaveOptions, saveInstallation } from "./save";
