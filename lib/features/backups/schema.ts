import { z } from "zod";
import { textUpTo } from "@/lib/kernel/text-schema";

export { backupStates } from "./states";

export const backupStatuses = ["running", "succeeded", "failed", "deleted"] as const;

export const backupStatusLabels = {
  running: "In progress",
  succeeded: "Completed",
  failed: "Failed",
  deleted: "Deleted",
} as const;

export const backupKinds = ["manual", "scheduled", "before-restore", "before-change"] as const;
export type BackupKind = (typeof backupKinds)[number];

/** A kind as it is stored. What the code knows of no more is like one that a user made: only users delete it. */
export const readKind = (stored: string): BackupKind =>
  backupKinds.find((kind) => kind === stored) ?? "manual";

/** In a list of backups. */
export const backupKindLabels: Record<BackupKind, string> = {
  manual: "Manual",
  scheduled: "Scheduled",
  "before-restore": "Pre-restore",
  "before-change": "Safety backup",
};

/** By itself, where the list says nothing of backups. */
export function backupTitle(kind: BackupKind): string {
  const label = backupKindLabels[kind];
  return label.endsWith("backup") ? label : `${label} backup`;
}

/** Backups of a destroyed environment are kept this long, for a new environment to begin with. */
export const destroyedBackupDays = 30;
/** What is copied before a restore or a change that deletes data is kept this long. */
export const safetyBackupDays = 14;

export const backupSchema = z.object({
  id: z.string(),
  environmentId: z.string(),
  kind: z.enum(backupKinds),
  status: z.enum(backupStatuses),
  note: z.string(),
  sizeBytes: z.number(),
  error: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  parts: z.array(
    z.object({ component: z.string(), method: z.string(), sizeBytes: z.number(), sha256: z.string() }),
  ),
});
export type BackupDto = z.output<typeof backupSchema>;

/** What of an environment is backed up, and when. */
export const protectionSchema = z.object({
  components: z.array(
    z.object({
      component: z.string(),
      schedule: z.string().nullable(),
      keep: z.record(z.string(), z.number()),
    }),
  ),
  nextAt: z.string().nullable(),
});
export type ProtectionDto = z.output<typeof protectionSchema>;

export const backupBody = z.strictObject({ note: textUpTo(500).default("") });
