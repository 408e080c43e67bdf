import type { EnvironmentContext } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { submitSystemRequest } from "@/lib/features/requests";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError } from "@/lib/kernel/errors";
import { execute, query, withSqlTransaction } from "@/lib/platform/db";
import { addIncidentAction } from "./incidents";
import { type ComponentState, restartDelayMs } from "./rules";

interface Attempts {
  count: number;
  lastAt: Date | null;
}

/**
 * Starts a dead component again, or replaces one that lives and is not well, through a request of the system, with growing
 * pauses and up to the template's limit; beyond it a person is called, once.
 */
export async function heal(
  context: EnvironmentContext,
  { component, state, message }: ComponentState,
  incidentId: string,
): Promise<void> {
  const recovery = context.inputs.manifest.spec.components[component]?.recovery;
  const limit = recovery?.attempts ?? 5;
  const windowMs = parseDurationMs(recovery?.window ?? "1h");
  const { count, lastAt } = await attemptsWithin(context.row.id, component, windowMs);
  if (count >= limit) return giveUp(context, component, incidentId, count);
  if (lastAt && Date.now() - lastAt.getTime() < restartDelayMs(count)) return;
  try {
    const submitted = await submitSystemRequest("healing", {
      kind: "heal",
      environment: context.row.id,
      component,
      how: state === "failing" ? "restart" : "recover",
      reason: message,
    });
    await addIncidentAction(incidentId, `Restarted, attempt ${count + 1} of ${limit}`, submitted.id);
    await execute(
      "UPDATE resource SET restarts = restarts + 1 WHERE environment_id = $1 AND component = $2",
      [context.row.id, component],
    );
  } catch (error) {
    // Another change is under way; if it does not help, the next look comes here again.
    if (error instanceof AppError && (error.code === "conflict" || error.code === "stale_plan")) return;
    throw error;
  }
}

async function attemptsWithin(environmentId: string, component: string, windowMs: number): Promise<Attempts> {
  const [row] = await query<Attempts>(
    `SELECT count(*)::int AS count, max(created_at) AS "lastAt" FROM request
     WHERE environment_id = $1 AND kind = 'heal' AND payload->>'component' = $2
       AND created_at > now() - $3 * interval '1 millisecond'`,
    [environmentId, component, windowMs],
  );
  return row ?? { count: 0, lastAt: null };
}

async function giveUp(
  context: EnvironmentContext,
  component: string,
  incidentId: string,
  count: number,
): Promise<void> {
  await withSqlTransaction(async (client) => {
    const text = `Gave up after ${count} restarts; somebody has to look`;
    // Guarded by what stands there: of several workers one tells.
    const moved = await client.query(
      `UPDATE incident SET actions = actions || $2::jsonb WHERE id = $1 AND NOT actions @> '[{"gaveUp": true}]'`,
      [incidentId, JSON.stringify([{ at: new Date().toISOString(), text, gaveUp: true }])],
    );
    if (moved.rowCount !== 1) return;
    await notify(client, {
      kind: "incident.needs-you",
      subjectId: context.row.ownerId,
      title: `${context.row.name}: ${component} does not stay up`,
      body: `It was restarted ${count} times. Somebody has to look.`,
      href: `/environments/${context.row.id}/monitoring`,
      environmentId: context.row.id,
    });
  });
}
