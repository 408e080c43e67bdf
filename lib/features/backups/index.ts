export { backupOf, evaluatedBackup } from "./components";
export { keepBackupsOfDestroyed } from "./discard";
export { newestGoodBackup } from "./newest";
export { protectComponent } from "./protect";
export { getBackup, getProtection, listBackups } from "./queries";
export { restoreComponent } from "./restore";
export { deleteBackup, requestBackup } from "./service";
export { takeBackup } from "./take";
export { backupsTick } from "./tick";
