import { deleteCloudRow, findOrphans, forgetConnection, hasCloud, lockCloud } from "@/lib/features/clouds";
import type { CloudContent, CloudContents } from "@/lib/features/clouds/schema";
import { deleteResourcesOn, endAbandoned, lockEnvironmentsOn } from "@/lib/features/environments";
import { releaseEnvironments } from "@/lib/features/quotas";
import { cancelRequest, endPendingRequests } from "@/lib/features/requests";
import { digestOf } from "@/lib/kernel/canonical";
import { AppError, messageOf, notFound } from "@/lib/kernel/errors";
import { formatCount } from "@/lib/kernel/format";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { listKnownContents } from "./store";

/**
 * Everything of Rostrum's that is on a cloud: resources, environments, requests that wait and runs that work there, and what
 * the cloud itself has with Rostrum's label. A cloud that does not answer is one entry: no one knows what is on it.
 * @throws AppError not_found
 */
export async function listCloudContents(cloudId: string): Promise<CloudContents> {
  if (!(await hasCloud(cloudId))) throw notFound("The cloud");
  const [known, left] = await Promise.all([listKnownContents(cloudId), orphansOn(cloudId)]);
  const items = [...known, ...left];
  return { items, acknowledgement: digestOf(items.map(({ type, id }) => `${type} ${id}`)) };
}

async function orphansOn(cloudId: string): Promise<CloudContent[]> {
  try {
    const { orphans } = await findOrphans(cloudId);
    return orphans.flatMap(({ dto }): CloudContent[] =>
      dto.kind === "managed"
        ? [{ type: "orphan", id: `${dto.type} ${dto.externalId}`, name: dto.name, detail: dto.type }]
        : [],
    );
  } catch (error) {
    return [{ type: "unknown", id: cloudId, name: "Cloud unreachable", detail: messageOf(error) }];
  }
}

/**
 * Deletes a cloud. While something of Rostrum's is on it only with `force` and the acknowledgement of the list as it is now:
 * requests are cancelled, what runs there continues without Rostrum, and the records of it are closed.
 * @throws AppError not_found; conflict with `contents` and `acknowledgement`, or while a run works there
 */
export async function deleteCloud(
  actor: Actor,
  cloudId: string,
  options: { force: boolean; acknowledgement?: string | undefined } = { force: false },
): Promise<void> {
  requirePermission(actor, "cloud.manage", { what: "The cloud", objectType: "cloud", objectId: cloudId });
  const { items, acknowledgement } = await listCloudContents(cloudId);
  const working = items.filter((one) => one.type === "run");
  const acknowledged = options.force && options.acknowledgement === acknowledgement;
  if (working.length > 0 || (items.length > 0 && !acknowledged)) {
    const why =
      working.length > 0 ? "a run is using it" : `it has ${formatCount(items.length, "managed item")}`;
    const next =
      working.length > 0
        ? "Wait for the run to finish, or cancel it."
        : "Remove them first, or acknowledge the list and use force.";
    throw new AppError("conflict", `The cloud can’t be deleted: ${why}. ${next}`, {
      detail: { contents: items, acknowledgement },
    });
  }
  for (const request of items.filter((one) => one.type === "request")) await cancelRequest(actor, request.id);
  await inTransaction(async (tx) => {
    const name = await lockCloud(tx, cloudId);
    if (name === null) throw notFound("The cloud");
    await refuseNewer(tx, cloudId, items);
    if (items.length > 0) await abandonEnvironments(tx, actor, cloudId, name);
    await deleteCloudRow(tx, cloudId);
    await publishEvent(tx, "admin", "cloud.delete", { id: cloudId });
    await recordAudit(tx, {
      actor,
      action: "cloud.delete",
      objectType: "cloud",
      objectId: cloudId,
      detail: { name, forced: items.length > 0, abandoned: items.slice(0, 200) },
    });
  });
  forgetConnection(cloudId);
}

/** What came to it after the list was read was not acknowledged. */
async function refuseNewer(tx: Tx, cloudId: string, items: readonly CloudContent[]): Promise<void> {
  const seen = new Set(items.map((one) => one.id));
  const newer = (await listKnownContents(cloudId, tx)).find((row) => !seen.has(row.id));
  if (newer)
    throw new AppError("conflict", `${newer.name} was just added to the cloud. Review the list again.`);
}

/** Environments that were only there end with it; the others are left without those components. */
async function abandonEnvironments(tx: Tx, actor: Actor, cloudId: string, cloudName: string): Promise<void> {
  const touched = await lockEnvironmentsOn(tx, cloudId);
  await deleteResourcesOn(tx, cloudId);
  const message = `The cloud ${cloudName} was deleted. Its resources are no longer managed.`;
  const ids = touched.map((row) => row.id);
  const destroyed = await endAbandoned(tx, ids, message);
  await releaseEnvironments(tx, destroyed);
  // Before anything is audited: users who are told are locked, and a transaction that has locked one may wait for the audit log.
  await endPendingRequests(tx, destroyed);
  for (const { id, projectId } of touched) {
    await publishEvent(tx, `environment:${id}`, "environment.abandoned", {});
    await recordAudit(tx, {
      actor,
      action: "environment.abandon",
      objectType: "environment",
      objectId: id,
      projectId,
      detail: { cloud: cloudName },
    });
  }
}
