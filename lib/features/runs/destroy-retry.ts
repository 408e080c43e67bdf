import type { RunStatus } from "@/lib/engine/run";
import { claimDestroyRetries } from "@/lib/features/environments";
import { submitSystemRequest } from "@/lib/features/requests";
import type { RequestKind } from "@/lib/features/requests/schema";
import { AppError, messageOf } from "@/lib/kernel/errors";
import type { Tx } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { scheduleRetries } from "./ended.sql";

interface Failure {
  runId: string;
  environmentId: string;
  kind: RequestKind;
  status: RunStatus;
}

/**
 * Plans the next attempt of destructions that failed after they began to delete: after 5 minutes, then twice as long
 * each time, 6 hours at most. One that was canceled, or failed before it deleted anything (its safety backup failed), is
 * left to people. In the transaction that records the failures.
 * @returns ids of the environments whose destruction is retried
 */
export async function scheduleDestroyRetries(
  tx: Tx,
  failures: readonly Failure[],
): Promise<ReadonlySet<string>> {
  const failed = failures.filter(({ kind, status }) => kind === "destroy" && status !== "cancelled");
  if (failed.length === 0) return new Set();
  return await scheduleRetries(
    tx,
    failed.map((one) => one.runId),
  );
}

/** Where an attempt is refused (another run is active, a policy denies it), the next one comes after this. */
const claimMs = 3_600_000;

/**
 * Destroys again what could not be destroyed completely. Safety backups are not made again: nothing was deleted before
 * every one of them was there. @returns how many attempts it began
 */
export async function retryDestructions(): Promise<number> {
  const due = await claimDestroyRetries(new Date(Date.now() + claimMs), 50);
  let begun = 0;
  for (const { id, name } of due) {
    try {
      await submitSystemRequest("destroy retry", {
        kind: "destroy",
        environment: id,
        reason: "The previous attempt to destroy it failed.",
        safetyBackup: false,
      });
      begun += 1;
    } catch (error) {
      if (error instanceof AppError && error.code === "conflict") continue;
      moduleLog("runs").warn(
        { environment: id, err: error },
        `Destroying ${name} again failed: ${messageOf(error)}`,
      );
    }
  }
  return begun;
}
