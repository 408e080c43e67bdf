// Workers and backups are the lead's: see NOTICE-operations.md before changing this folder.
export { getBackup, getProtection, listBackups } from "./queries";
export { restoreComponent } from "./restore";
export { deleteBackup, requestBackup } from "./service";
export { takeBackup } from "./take";
export { backupsTick } from "./tick";
