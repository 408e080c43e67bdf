import type { ClientBase } from "pg";
import { notify } from "@/lib/features/notifications";
import { newId } from "@/lib/kernel/ids";
import { execute, query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";

export interface OpenIncident {
  id: string;
  openedAt: Date;
}

/** Within this time of its end an incident that comes back is the same one. */
const flappingMinutes = 10;

/**
 * Opens an incident unless one of that kind is open for the component already; one that ended a short while ago goes on
 * and counts once more. The owner is told in the same transaction. @returns it and whether it was opened now
 */
export async function openIncident(
  environmentId: string,
  component: string,
  kind: string,
  summary: string,
): Promise<OpenIncident & { isNew: boolean }> {
  const open = await findOpen(environmentId, component, kind);
  if (open) return { ...open, isNew: false };
  const isNew = await withSqlTransaction(async (client) => {
    const values = [environmentId, component, kind, summary];
    if (!(await reopen(client, values)) && !(await create(client, values))) return false;
    await publishEvent(client, `environment:${environmentId}`, "incident.opened", { component });
    const [environment] = await factsOf(client, environmentId);
    await notify(client, {
      kind: "incident.opened",
      subjectId: environment?.ownerId ?? null,
      title: `${environment?.name ?? environmentId}: ${component || "cloud"} is unhealthy`,
      body: summary,
      href: `/environments/${environmentId}/monitoring`,
      environmentId,
    });
    return true;
  });
  return { ...((await findOpen(environmentId, component, kind)) ?? { id: "", openedAt: new Date() }), isNew };
}

async function findOpen(
  environmentId: string,
  component: string,
  kind: string,
): Promise<OpenIncident | undefined> {
  const [open] = await query<OpenIncident>(
    `SELECT id, opened_at AS "openedAt" FROM incident
     WHERE environment_id = $1 AND component = $2 AND kind = $3 AND closed_at IS NULL`,
    [environmentId, component, kind],
  );
  return open;
}

const factsOf = (client: ClientBase, environmentId: string) =>
  query<{ name: string; ownerId: string }>(
    `SELECT name, owner_id AS "ownerId" FROM environment WHERE id = $1`,
    [environmentId],
    { client },
  );

/** @param values environment, component, kind and summary */
async function reopen(client: ClientBase, values: readonly string[]): Promise<boolean> {
  const reopened = await execute(
    // Whoever was called before is called again when healing gives up again.
    `UPDATE incident SET closed_at = NULL, summary = $4, occurrences = occurrences + 1,
       actions = coalesce((SELECT jsonb_agg(one - 'gaveUp') FROM jsonb_array_elements(actions) one), '[]')
     WHERE closed_at IS NOT NULL AND id = (
       SELECT id FROM incident WHERE environment_id = $1 AND component = $2 AND kind = $3
         AND closed_at > now() - $5::int * interval '1 minute' ORDER BY closed_at DESC LIMIT 1)`,
    [...values, flappingMinutes],
    { client },
  );
  return reopened === 1;
}

/** @param values environment, component, kind and summary */
async function create(client: ClientBase, values: readonly string[]): Promise<boolean> {
  const created = await execute(
    `INSERT INTO incident (id, environment_id, component, kind, summary) VALUES ($5, $1, $2, $3, $4)
     ON CONFLICT (environment_id, component, kind) WHERE closed_at IS NULL DO NOTHING`,
    [...values, newId("incident")],
    { client },
  );
  return created === 1;
}

/** Writes down what was done about an incident. */
export async function addIncidentAction(incidentId: string, text: string, requestId?: string): Promise<void> {
  await execute("UPDATE incident SET actions = actions || $2::jsonb WHERE id = $1", [
    incidentId,
    JSON.stringify([{ at: new Date().toISOString(), text, ...(requestId ? { requestId } : {}) }]),
  ]);
}

/** Closes what is open for components that are well again, and tells the owner. @returns how many */
export async function closeIncidents(environmentId: string, components: readonly string[]): Promise<number> {
  if (components.length === 0) return 0;
  return await withSqlTransaction(async (client) => {
    const closed = await query<{ component: string; summary: string }>(
      `UPDATE incident SET closed_at = now(), actions = actions || $3::jsonb
       WHERE environment_id = $1 AND component = ANY($2) AND closed_at IS NULL RETURNING component, summary`,
      [environmentId, [...components], JSON.stringify([{ at: new Date().toISOString(), text: "Recovered" }])],
      { client },
    );
    if (closed.length === 0) return 0;
    await publishEvent(client, `environment:${environmentId}`, "incident.closed", {});
    const [environment] = await factsOf(client, environmentId);
    await notify(
      client,
      closed.map(({ component, summary }) => ({
        kind: "incident.resolved",
        subjectId: environment?.ownerId ?? null,
        title: `${environment?.name ?? environmentId}: ${component || "cloud"} is healthy again`,
        body: `Issue: ${summary}`,
        href: `/environments/${environmentId}/monitoring`,
        environmentId,
      })),
    );
    return closed.length;
  });
}

/** Closes incidents of what is not watched any more: stopped or destroyed environments, removed components. */
export async function closeForgotten(): Promise<void> {
  await execute(
    `UPDATE incident i SET closed_at = now(), actions = i.actions || $1::jsonb
     FROM environment e WHERE e.id = i.environment_id AND i.closed_at IS NULL AND NOT e.is_demo
       AND (e.status IN ('stopped', 'destroyed') OR (i.component <> '' AND NOT EXISTS (
         SELECT 1 FROM resource r WHERE r.environment_id = e.id AND r.component = i.component)))`,
    [
      JSON.stringify([
        { at: new Date().toISOString(), text: "Closed: component is no longer expected to run" },
      ]),
    ],
  );
}
