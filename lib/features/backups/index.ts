export { backupOf, evaluatedBackup } from "./components";
export { keepBackupsOfDestroyed } from "./discard";
export { protectComponent } from "./protect";
export { newestGoodBackup } from "./newest";
export { getBackup, getProtection, listBackups } from "./queries";
export { restoreComponent } from "./restore";
export { deleteBackup, requestBackup } from "./service";
export { takeBackup } from "./take";
export { backupsTick } from "./tick";
