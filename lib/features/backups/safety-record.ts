import { findRunOfStep, insertSafetyBackup, settleSafetyBackup } from "./store-safety";

/** The safety backup of a run: one for all of its components. */
export interface SafetyRecord {
  id: string;
  runId: string;
}

export type SafetyKind = "before-restore" | "before-change";

const notes: Record<SafetyKind, string> = {
  "before-restore": "Created before a restore",
  "before-change": "Created before a change that deletes data",
};

/**
 * Opens the safety backup of the run that a step belongs to; the same one for each of its steps and attempts.
 * @returns null when there is no such step
 */
export async function openSafety(
  environmentId: string,
  stepId: string,
  kind: SafetyKind,
  version?: string,
): Promise<SafetyRecord | null> {
  const run = await findRunOfStep(stepId);
  if (!run) return null;
  const id = run.runId.replace(/^run_/, "bak_");
  const templateVersion = version ?? run.version;
  const { requestId } = run;
  await insertSafetyBackup({ id, environmentId, kind, note: notes[kind], templateVersion, requestId });
  return { id, runId: run.runId };
}

/**
 * It is good once no other component of the run is still to be captured; without any part it failed. Before a change it also
 * fails when one of the components has no part: nothing of the change happens then.
 */
export async function settleSafety(safety: SafetyRecord, stepId: string, kind: SafetyKind): Promise<void> {
  await settleSafetyBackup({
    backupId: safety.id,
    runId: safety.runId,
    stepId,
    action: kind === "before-restore" ? "restore" : "backup",
    needsEvery: kind === "before-change",
  });
}
