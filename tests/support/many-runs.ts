import { allowHistory } from "@/lib/platform/db/history";
import type { World } from "./world";

/**
 * Records `count` runs of a published template's chain of components, each with an environment and a request of its
 * own, all due at the same moment because one transaction made them, or at `dueAt` (a PostgreSQL timestamp).
 * @returns the runs' ids
 */
export async function insertRuns(
  world: World,
  input: { versionId: string; components: string[]; count: number; name: string; dueAt?: string },
): Promise<string[]> {
  const { createRun } = await import("@/lib/engine/run/postgres");
  const { newId } = await import("@/lib/kernel/ids");
  const cloud = { cloudId: world.cloudId, cloudName: "sim", kind: "container" };
  const placement = JSON.stringify(Object.fromEntries(input.components.map((name) => [name, cloud])));
  const runs: string[] = [];
  const client = await world.database.pool.connect();
  try {
    await client.query("BEGIN");
    await allowHistory(client);
    for (let index = 0; index < input.count; index += 1) {
      const environmentId = newId("environment");
      const requestId = newId("request");
      await client.query(
        `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, placement, status, generation, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'provisioning', 1, now())`,
        [
          environmentId,
          `${input.name}-${index}`,
          world.projectId,
          world.developerId,
          input.versionId,
          placement,
        ],
      );
      await client.query(
        `INSERT INTO request (id, kind, status, environment_id, project_id, requester_id, payload, decided_at)
         VALUES ($1, 'create', 'running', $2, $3, $4, '{}', now())`,
        [requestId, environmentId, world.projectId, world.developerId],
      );
      const runId = await createRun(client, {
        environmentId,
        requestId,
        planId: null,
        kind: "create",
        steps: input.components.map((component, position) => ({
          component,
          action: "create",
          cloudId: world.cloudId,
          dependsOn: position === 0 ? [] : [position - 1],
          input: {},
        })),
      });
      await client.query("UPDATE request SET run_id = $2 WHERE id = $1", [requestId, runId]);
      runs.push(runId);
    }
    if (input.dueAt)
      await client.query("UPDATE run SET wake_at = $2 WHERE id = ANY($1)", [runs, input.dueAt]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
  return runs;
}
