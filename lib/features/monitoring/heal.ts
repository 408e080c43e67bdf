import type { Fault } from "@/lib/clouds/contract";
import { newestGoodBackup } from "@/lib/features/backups";
import { connectionFor } from "@/lib/features/clouds";
import { countRestart, type EnvironmentContext } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { listAttempts, submitSystemRequest } from "@/lib/features/requests";
import type { Remedy } from "@/lib/features/requests/schema";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError } from "@/lib/kernel/errors";
import { inTransaction } from "@/lib/platform/db";
import { within } from "./check";
import { nextRemedy } from "./remedies";
import { type ComponentState, restartDelayMs } from "./rules";
import { appendAction, markGivenUp } from "./store-incidents";

const did: Record<Remedy, string> = {
  recover: "Restarted",
  restart: "Restarted",
  recreate: "Recreated",
  restore: "Restored from backup",
};

/**
 * Brings a broken component back through a request of the system, with growing pauses and within the template's budget:
 * restart, then recreate, then restore, each only where it can help. Beyond that a person is called, once, with the next
 * step.
 */
export async function heal(
  context: EnvironmentContext,
  { component, state, message }: ComponentState,
  incidentId: string,
): Promise<void> {
  const recovery = context.inputs.manifest.spec.components[component]?.recovery;
  const limit = recovery?.attempts ?? 5;
  const windowMs = parseDurationMs(recovery?.window ?? "1h");
  const tried = await listAttempts(context.row.id, component, windowMs);
  const backup = await newestGoodBackup(context.row.id, component);
  const next = nextRemedy({
    isAlive: state === "failing",
    faults: state === "failing" ? [] : await faultsOf(context, component),
    tried: tried.map((one) => one.how),
    limit,
    mayRestore: recovery?.restore ?? false,
    backupAt: backup?.takenAt ?? null,
  });
  if (next.remedy === null) return giveUp(context, component, incidentId, tried.length, next.nextStep);
  const last = tried.at(-1);
  if (last && Date.now() - last.at.getTime() < restartDelayMs(tried.length)) return;
  const { remedy } = next;
  try {
    const submitted = await submitSystemRequest("healing", {
      kind: "heal",
      environment: context.row.id,
      component,
      how: remedy,
      reason: message,
    });
    const text = `${did[remedy]}, attempt ${tried.length + 1} of ${limit}`;
    await appendAction(incidentId, { text, requestId: submitted.id });
    await countRestart(context.row.id, component);
  } catch (error) {
    // Another change is under way, or its cloud went silent; the next look comes here again.
    const passing = ["conflict", "stale_plan", "unavailable"];
    if (error instanceof AppError && passing.includes(error.code)) return;
    throw error;
  }
}

/** What is gone, damaged or stopped of it outside. */
async function faultsOf(context: EnvironmentContext, component: string): Promise<Fault[]> {
  const existing = context.existing.get(component);
  if (!existing?.desired) return [];
  const connection = await connectionFor(existing.cloudId);
  const ref = { environmentId: context.row.id, environmentName: context.row.name, component };
  return await within(connection.examine(ref, existing.desired));
}

async function giveUp(
  context: EnvironmentContext,
  component: string,
  incidentId: string,
  count: number,
  nextStep: string,
): Promise<void> {
  const tried = count === 1 ? "1 attempt" : `${count} attempts`;
  const said = count === 0 ? nextStep : `Stopped after ${tried}. ${nextStep}`;
  await inTransaction(async (tx) => {
    if (!(await markGivenUp(tx, incidentId, said))) return;
    const { row } = context;
    await notify(tx, {
      kind: "incident.needs-you",
      subjectId: row.ownerId,
      title:
        count === 0 ? `${row.name}: ${component} needs attention` : `${row.name}: ${component} keeps failing`,
      body: said,
      href: `/environments/${row.id}/monitoring`,
      environmentId: row.id,
    });
  });
}
