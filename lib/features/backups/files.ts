import { join } from "node:path";
import { getConfig } from "@/lib/platform/config";
import { FileStore } from "@/lib/platform/storage";

/** Where backups are kept: DATA_DIR/backups/<environment>/<backup>/<component>.<nr>.gz */
export function backupFiles(): FileStore {
  return new FileStore(join(getConfig().dataDir, "backups"));
}

/** The folder of one backup. */
export function backupFolder(environmentId: string, backupId: string): string {
  return `${environmentId}/${backupId}`;
}
