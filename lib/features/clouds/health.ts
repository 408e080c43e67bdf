import type { CloudHealth } from "@/lib/clouds/contract";
import { messageOf, notFound } from "@/lib/kernel/errors";
import { query, withTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { connectionFor } from "./connections";
import { credentialsMasker } from "./credentials";

/** A check is cut off here, so that one silent cloud never holds up the others. */
const checkTimeoutMs = 15_000;

/**
 * Asks a cloud how it is and records the answer. Tells live screens when the answer changed.
 * @throws AppError not_found; a cloud that cannot be reached is an answer, not an error
 */
export async function checkCloud(cloudId: string): Promise<CloudHealth> {
  const health = await ask(cloudId);
  await withTransaction(async (tx) => {
    const detail = JSON.stringify({
      version: health.version,
      capacity: health.capacity,
      ports: health.ports ?? null,
      facts: health.facts,
    });
    // Raw, so that updated_at stays: a check is no change of the configuration and must not reopen connections.
    const rows = await tx.$queryRaw<{ changed: boolean }[]>`
      UPDATE cloud c SET health_ok = ${health.ok}, health_message = ${health.message},
             health_detail = ${detail}::jsonb, checked_at = now()
        FROM (SELECT id, health_ok, health_message FROM cloud WHERE id = ${cloudId} FOR UPDATE) before
       WHERE c.id = before.id
      RETURNING before.health_ok IS DISTINCT FROM ${health.ok}::boolean
             OR before.health_message <> ${health.message} AS changed`;
    if (rows.length === 0) throw notFound("The cloud");
    if (rows[0]?.changed) {
      await publishEvent(tx, "admin", "cloud.health", { id: cloudId, ok: health.ok });
    }
  });
  return health;
}

/** Checks every enabled cloud at once; answers how many are well. */
export async function checkAllClouds(): Promise<{ ok: number; failing: number }> {
  const rows = await query<{ id: string }>("SELECT id FROM cloud WHERE enabled ORDER BY created_at");
  const answers = await Promise.all(rows.map((row) => checkCloud(row.id)));
  const ok = answers.filter((answer) => answer.ok).length;
  return { ok, failing: answers.length - ok };
}

async function ask(cloudId: string): Promise<CloudHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CloudHealth>((resolve) => {
    timer = setTimeout(() => resolve(down(`Timed out after ${checkTimeoutMs / 1000} s.`)), checkTimeoutMs);
  });
  try {
    return await Promise.race([late, askDriver(cloudId)]);
  } finally {
    clearTimeout(timer);
  }
}

async function askDriver(cloudId: string): Promise<CloudHealth> {
  try {
    // A check is about the configuration as it is now.
    const health = await (await connectionFor(cloudId, { reread: true })).check();
    return (await credentialsMasker(cloudId)).maskValue(health);
  } catch (error) {
    return down(messageOf(error));
  }
}

function down(message: string): CloudHealth {
  return { ok: false, message, version: "", capacity: null, facts: {} };
}
