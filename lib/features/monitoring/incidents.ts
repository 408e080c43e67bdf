import { findOwned } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import type { IncidentKind } from "./states";
import {
  closeOpenIncidents,
  createIncident,
  findOpenIncident,
  type OpenIncident,
  reopenIncident,
} from "./store-incidents";

/**
 * Opens an incident unless one of that kind is open for the component already; one that ended a short while ago continues
 * and counts once more. The owner is told in the same transaction. @returns it and whether it was opened now
 */
export async function openIncident(
  environmentId: string,
  component: string,
  kind: IncidentKind,
  summary: string,
): Promise<OpenIncident & { isNew: boolean }> {
  const key = { environmentId, component, kind };
  const open = await findOpenIncident(key);
  if (open) return { ...open, isNew: false };
  const isNew = await inTransaction(async (tx) => {
    if (!(await reopenIncident(tx, key, summary)) && !(await createIncident(tx, key, summary))) return false;
    await publishEvent(tx, `environment:${environmentId}`, "incident.opened", { component });
    const environment = await findOwned(environmentId, tx);
    await notify(tx, {
      kind: "incident.opened",
      subjectId: environment?.ownerId ?? null,
      title: `${environment?.name ?? environmentId}: ${component || "cloud"} is unhealthy`,
      body: summary,
      href: `/environments/${environmentId}/monitoring`,
      environmentId,
    });
    return true;
  });
  return { ...((await findOpenIncident(key)) ?? { id: "", openedAt: new Date() }), isNew };
}

/** Closes what is open for components that are well again, and tells the owner. @returns how many */
export async function closeIncidents(environmentId: string, components: readonly string[]): Promise<number> {
  if (components.length === 0) return 0;
  return await inTransaction(async (tx) => {
    const closed = await closeOpenIncidents(tx, environmentId, components);
    if (closed.length === 0) return 0;
    await publishEvent(tx, `environment:${environmentId}`, "incident.closed", {});
    const environment = await findOwned(environmentId, tx);
    await notify(
      tx,
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
