export { restoreInstallation, unfinishedRestore } from "./restore";
export { saveInstallation } from "./save";
