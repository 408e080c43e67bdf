import type { Fault } from "@/lib/clouds/contract";
import type { Remedy } from "@/lib/features/requests/schema";

/** What is known of a broken component when it is decided how to bring it back. */
export interface Trouble {
  /** It runs and its check fails; otherwise it does not run at all. */
  isAlive: boolean;
  faults: readonly Fault[];
  /** What was tried in the budget's window, oldest first. */
  tried: readonly Remedy[];
  /** How much may be tried in that window. */
  limit: number;
  /** Whether lost data may be restored without a person. */
  mayRestore: boolean;
  /** When the newest good backup of it was taken, ISO 8601; null when there is none. */
  backupAt: string | null;
}

export type NextRemedy = { remedy: Remedy } | { remedy: null; nextStep: string };

/**
 * What healing does next, each level only where it can help: what runs or is whole is restarted, what that did not help (in
 * half of the budget) or what is gone is made again, and lost data is restored where that is allowed. Everything else is a
 * person's: the next step says what to do.
 */
export function nextRemedy(trouble: Trouble): NextRemedy {
  const { isAlive, faults, tried, limit } = trouble;
  const lost = faults.filter((one) => one.losesData).map((one) => one.what);
  if (lost.length > 0) return forLostData(trouble, lost);
  if (tried.length >= limit) return { remedy: null, nextStep: lastStep(trouble) };
  if (faults.some((one) => one.kind !== "stopped")) return { remedy: "recreate" };
  const gentle = tried.filter((one) => one === "restart" || one === "recover").length;
  if (gentle >= Math.ceil(limit / 2)) return { remedy: "recreate" };
  return { remedy: isAlive ? "restart" : "recover" };
}

function forLostData({ tried, limit, mayRestore, backupAt }: Trouble, lost: readonly string[]): NextRemedy {
  const gone = `Data is missing (${lost.join(", ")}).`;
  if (backupAt === null) {
    return { remedy: null, nextStep: `${gone} No backup exists. A repair recreates the component empty.` };
  }
  const from = `the backup of ${spoken(backupAt)}`;
  if (!mayRestore) {
    return {
      remedy: null,
      nextStep: `${gone} Restore from ${from}, or request a repair. Changes after that backup are lost.`,
    };
  }
  if (tried.length >= limit)
    return { remedy: null, nextStep: `${gone} Restoring ${from} failed. Try another backup.` };
  return { remedy: "restore" };
}

function lastStep({ backupAt }: Trouble): string {
  const log = "Check the log.";
  return backupAt === null
    ? log
    : `${log} If the data is damaged, restore from the backup of ${spoken(backupAt)}.`;
}

function spoken(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
