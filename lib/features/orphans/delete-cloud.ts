import type { ClientBase } from "pg";
import { findOrphans, forgetConnection } from "@/lib/features/clouds";
import type { CloudContent, CloudContents } from "@/lib/features/clouds/schema";
import { releaseEnvironments } from "@/lib/features/quotas";
import { cancelRequest, endPendingRequests } from "@/lib/features/requests";
import { digestOf } from "@/lib/kernel/canonical";
import { AppError, messageOf, notFound } from "@/lib/kernel/errors";
import { formatCount } from "@/lib/kernel/format";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";

const contentsSql = `
  SELECT 'run' AS type, u.id, e.name, u.kind || ' is running' AS detail
    FROM run u JOIN environment e ON e.id = u.environment_id
    WHERE u.status IN ('queued', 'running', 'parked') AND EXISTS (SELECT 1 FROM step s WHERE s.run_id = u.id AND s.cloud_id = $1)
  UNION ALL
  SELECT 'request', q.id, e.name, q.kind::text || ' waits for approval'
    FROM request q JOIN environment e ON e.id = q.environment_id JOIN plan p ON p.id = q.plan_id
    WHERE q.status = 'pending_approval' AND EXISTS (
      SELECT 1 FROM jsonb_array_elements(p.changes) c WHERE c->'cloud'->>'id' = $1 OR c->'from'->>'id' = $1)
  UNION ALL
  SELECT 'environment', e.id, e.name, e.status::text
    FROM environment e WHERE e.destroyed_at IS NULL AND e.status <> 'pending' AND (
      EXISTS (SELECT 1 FROM jsonb_each(e.placement) p WHERE p.value->>'cloudId' = $1)
      OR EXISTS (SELECT 1 FROM resource r WHERE r.environment_id = e.id AND r.cloud_id = $1))
  UNION ALL
  SELECT 'resource', r.id, e.name || '/' || r.component, r.external_id
    FROM resource r JOIN environment e ON e.id = r.environment_id WHERE r.cloud_id = $1
  ORDER BY type, name, id`;

/**
 * Everything of Rostrum's that is on a cloud: resources, environments, requests that wait and runs that work there, and what
 * the cloud itself has with Rostrum's label. A cloud that does not answer is one entry: nobody knows what is on it.
 * @throws AppError not_found
 */
export async function listCloudContents(cloudId: string): Promise<CloudContents> {
  const [cloud] = await query("SELECT 1 FROM cloud WHERE id = $1", [cloudId]);
  if (!cloud) throw notFound("The cloud");
  const [known, left] = await Promise.all([query<CloudContent>(contentsSql, [cloudId]), orphansOn(cloudId)]);
  const items = [...known, ...left];
  return { items, acknowledgement: digestOf(items.map(({ type, id }) => `${type} ${id}`)) };
}

async function orphansOn(cloudId: string): Promise<CloudContent[]> {
  try {
    const { orphans } = await findOrphans(cloudId);
    return orphans.flatMap(({ dto }): CloudContent[] =>
      dto.kind === "ours"
        ? [{ type: "orphan", id: `${dto.type} ${dto.externalId}`, name: dto.name, detail: dto.type }]
        : [],
    );
  } catch (error) {
    return [{ type: "unknown", id: cloudId, name: "Cloud unreachable", detail: messageOf(error) }];
  }
}

/**
 * Deletes a cloud. While something of Rostrum's is on it only with `force` and the acknowledgement of the list as it is now:
 * requests are cancelled, what runs there goes on without Rostrum, and the records of it are closed.
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
  await withSqlTransaction(async (client) => {
    const found = await client.query<{ name: string }>("SELECT name FROM cloud WHERE id = $1 FOR UPDATE", [
      cloudId,
    ]);
    const cloud = found.rows[0];
    if (!cloud) throw notFound("The cloud");
    await refuseNewer(client, cloudId, items);
    if (items.length > 0) await abandonEnvironments(client, actor, cloudId, cloud.name);
    await client.query("DELETE FROM ignored_orphan WHERE cloud_id = $1", [cloudId]);
    await client.query("DELETE FROM cloud WHERE id = $1", [cloudId]);
    await publishEvent(client, "admin", "cloud.delete", { id: cloudId });
    await recordAudit(client, {
      actor,
      action: "cloud.delete",
      objectType: "cloud",
      objectId: cloudId,
      detail: { name: cloud.name, forced: items.length > 0, abandoned: items.slice(0, 200) },
    });
  });
  forgetConnection(cloudId);
}

/** What came to it after the list was read was not acknowledged. */
async function refuseNewer(
  client: ClientBase,
  cloudId: string,
  items: readonly CloudContent[],
): Promise<void> {
  const seen = new Set(items.map((one) => one.id));
  const { rows } = await client.query<CloudContent>(contentsSql, [cloudId]);
  const newer = rows.find((row) => !seen.has(row.id));
  if (newer)
    throw new AppError("conflict", `${newer.name} was just added to the cloud. Review the list again.`);
}

/** Environments that were only there end with it; the others are left without those components. */
async function abandonEnvironments(
  client: ClientBase,
  actor: Actor,
  cloudId: string,
  cloudName: string,
): Promise<void> {
  const touched = await client.query<{ id: string; projectId: string }>(
    `SELECT e.id, e.project_id AS "projectId" FROM environment e WHERE e.destroyed_at IS NULL AND (
       EXISTS (SELECT 1 FROM resource r WHERE r.environment_id = e.id AND r.cloud_id = $1)
       OR EXISTS (SELECT 1 FROM jsonb_each(e.placement) p WHERE p.value->>'cloudId' = $1)) FOR UPDATE`,
    [cloudId],
  );
  await client.query("DELETE FROM resource WHERE cloud_id = $1", [cloudId]);
  const ids = touched.rows.map((row) => row.id);
  const message = `The cloud ${cloudName} was deleted. Its resources are no longer managed.`;
  const ended = await client.query<{ id: string }>(
    `UPDATE environment e SET status = CASE WHEN left_over.some THEN 'failed' ELSE 'destroyed' END::environment_status,
       destroyed_at = CASE WHEN left_over.some THEN NULL ELSE now() END, health = 'unknown', health_message = $2,
       monthly_cost = CASE WHEN left_over.some THEN e.monthly_cost ELSE 0 END, generation = e.generation + 1, updated_at = now()
     FROM (SELECT i.id, EXISTS (SELECT 1 FROM resource r WHERE r.environment_id = i.id) AS some
       FROM unnest($1::text[]) AS i(id)) left_over
     WHERE e.id = left_over.id RETURNING CASE WHEN e.status = 'destroyed' THEN e.id END AS id`,
    [ids, message],
  );
  const destroyed = ended.rows.flatMap((row) => row.id ?? []);
  await releaseEnvironments(client, destroyed);
  for (const { id, projectId } of touched.rows) {
    await publishEvent(client, `environment:${id}`, "environment.abandoned", {});
    await recordAudit(client, {
      actor,
      action: "environment.abandon",
      objectType: "environment",
      objectId: id,
      projectId,
      detail: { cloud: cloudName },
    });
  }
  await endPendingRequests(client, destroyed);
}
