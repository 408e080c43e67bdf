import { rm } from "node:fs/promises";
import type { ClientBase } from "pg";
import { cloudDataDir, forgetConnection } from "@/lib/features/clouds";
import { putSetting } from "@/lib/features/settings";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import type { DemoRemoval } from "../schema";
import { demoSettingKey } from "./state";

/**
 * Removes the demo organization in one transaction: simulated environments with history and costs, demo people,
 * projects and the demo cloud. A demo project in which something real lives becomes an ordinary one and belongs to
 * the administrator; audit events stay, because that trail never loses anything.
 * @throws AppError conflict while something real would stay that nobody but demo people could own
 */
export async function removeDemo(actor: Actor): Promise<DemoRemoval> {
  requirePermission(actor, "settings.manage", { what: "Demo data" });
  const removal = await withSqlTransaction(async (client) => {
    await client.query("SELECT set_config('rostrum.purge', 'on', true)");
    await markTrials(client);
    const heir = await heirOf(client, actor);
    const kept = await adoptReal(client, heir);
    const environments = await removeEnvironments(client);
    const { people, clouds } = await removeOrganization(client);
    await putSetting(client, demoSettingKey, { removedAt: new Date().toISOString() });
    await publishEvent(client, "admin", "demo.removed", { environments, people });
    await recordAudit(client, {
      actor,
      action: "demo.remove",
      objectType: "organization",
      objectId: "demo",
      detail: { environments, people, kept },
    });
    return { environments, people, kept, clouds };
  });
  const { clouds, ...answer } = removal;
  for (const id of clouds) {
    forgetConnection(id);
    await rm(cloudDataDir(id), { recursive: true, force: true });
  }
  return answer;
}

/** Who real things go to: the acting administrator, or the first real one when a demo person asks. */
async function heirOf(client: ClientBase, actor: Actor): Promise<string | null> {
  if (actor.userId !== null && !actor.isDemo) return actor.userId;
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM app_user WHERE org_role = 'admin' AND NOT is_demo AND disabled_at IS NULL ORDER BY created_at LIMIT 1",
  );
  return rows[0]?.id ?? null;
}

/**
 * What people made of demo data while they tried Rostrum goes with it: environments that only the demo cloud runs,
 * and wishes in demo projects that never became anything.
 */
async function markTrials(client: ClientBase): Promise<void> {
  await client.query(
    `UPDATE environment e SET is_demo = true WHERE NOT e.is_demo AND (
       (SELECT bool_and(c.is_demo) FROM resource r JOIN cloud c ON c.id = r.cloud_id WHERE r.environment_id = e.id)
       OR (EXISTS (SELECT 1 FROM project p WHERE p.id = e.project_id AND p.is_demo)
           AND NOT EXISTS (SELECT 1 FROM resource r WHERE r.environment_id = e.id)
           AND NOT EXISTS (SELECT 1 FROM run u WHERE u.environment_id = e.id
                             AND u.status IN ('queued', 'running', 'parked'))))`,
  );
}

/** Real environments of demo people or projects find another owner, and their projects become real. */
async function adoptReal(client: ClientBase, heir: string | null): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT e.name FROM environment e JOIN project p ON p.id = e.project_id
       LEFT JOIN app_user u ON u.id = e.owner_id
      WHERE NOT e.is_demo AND e.destroyed_at IS NULL AND (p.is_demo OR u.is_demo) ORDER BY e.name FOR UPDATE OF e`,
  );
  const names = rows.map((row) => row.name);
  if (names.length === 0) return names;
  if (heir === null) {
    const problem = `No administrator can own the remaining environments (${names.join(", ")}).`;
    throw new AppError("conflict", `${problem} Create an administrator, or destroy them first.`);
  }
  await client.query(
    `UPDATE project SET is_demo = false, updated_at = now() WHERE is_demo AND id IN
       (SELECT project_id FROM environment WHERE NOT is_demo AND destroyed_at IS NULL)`,
  );
  await client.query(
    `UPDATE environment SET owner_id = $1, updated_at = now() WHERE NOT is_demo AND destroyed_at IS NULL
        AND owner_id IN (SELECT id FROM app_user WHERE is_demo)`,
    [heir],
  );
  return names;
}

/** Tables whose rows name the environment they belong to. Resources, secrets and backup parts cascade. */
const byEnvironment = [
  "charge",
  "usage_record",
  "daily_cost",
  "reservation",
  "approval",
  "plan",
  "request",
  "run",
  "incident",
  "backup",
] as const;

const doomed = `SELECT e.id FROM environment e JOIN project p ON p.id = e.project_id WHERE e.is_demo OR p.is_demo`;

async function removeEnvironments(client: ClientBase): Promise<number> {
  await client.query(
    `DELETE FROM sample WHERE resource_id IN (SELECT id FROM resource WHERE environment_id IN (${doomed}))`,
  );
  await client.query(
    `DELETE FROM step_log WHERE run_id IN (SELECT id FROM run WHERE environment_id IN (${doomed}))`,
  );
  for (const table of byEnvironment) {
    // Approvals name their request; everything else the environment.
    const where =
      table === "approval"
        ? `request_id IN (SELECT id FROM request WHERE environment_id IN (${doomed}))`
        : `environment_id IN (${doomed})`;
    await client.query(`DELETE FROM "${table}" WHERE ${where}`);
  }
  await client.query(
    `DELETE FROM notification WHERE href ~ '^/(environments|requests|approvals|runs)/' AND user_id IN
       (SELECT id FROM app_user WHERE is_demo)`,
  );
  const { rowCount } = await client.query(`DELETE FROM environment WHERE id IN (${doomed})`);
  return rowCount ?? 0;
}

async function removeOrganization(client: ClientBase): Promise<{ people: number; clouds: string[] }> {
  const people = "SELECT id FROM app_user WHERE is_demo";
  await client.query(
    `DELETE FROM statement WHERE cost_center_id IN (SELECT id FROM cost_center WHERE code LIKE 'DEMO-%')
        AND cost_center_id NOT IN (SELECT cost_center_id FROM project WHERE NOT is_demo)`,
  );
  await client.query("DELETE FROM project WHERE is_demo");
  await client.query(
    `DELETE FROM cost_center WHERE code LIKE 'DEMO-%' AND id NOT IN (SELECT cost_center_id FROM project)`,
  );
  // One that a mixed environment still stands on stays; its things on disk with it.
  const clouds = await client.query<{ id: string }>(
    "DELETE FROM cloud WHERE is_demo AND id NOT IN (SELECT cloud_id FROM resource) RETURNING id",
  );
  for (const table of ["notification", "idempotency_record"]) {
    await client.query(`DELETE FROM ${table} WHERE user_id IN (${people})`);
  }
  await client.query("DELETE FROM demo_link");
  // What an environment that stays was made of stays with it, without its uploader.
  await client.query(
    `DELETE FROM upload u WHERE owner_id IN (${people})
        AND NOT EXISTS (SELECT 1 FROM upload_use x WHERE x.upload_id = u.id)`,
  );
  await client.query(`UPDATE cost_center SET owner_id = NULL WHERE owner_id IN (${people})`);
  const { rowCount } = await client.query("DELETE FROM app_user WHERE is_demo");
  return { people: rowCount ?? 0, clouds: clouds.rows.map((row) => row.id) };
}
