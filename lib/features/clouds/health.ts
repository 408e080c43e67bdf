import type { CloudHealth } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { fanOut } from "@/lib/platform/queue";
import { connectionFor } from "./connections";
import { credentialsMasker } from "./credentials";
import { listEnabledIds, recordCheck } from "./store";

/** A check is cut off here, so that one silent cloud never holds up the others. */
const checkTimeoutMs = 15_000;

/**
 * Asks a cloud how it is and records the answer. Tells live screens when the answer changed.
 * @throws AppError not_found; a cloud that cannot be reached is an answer, not an error
 */
export async function checkCloud(cloudId: string): Promise<CloudHealth> {
  const health = await ask(cloudId);
  const { ok, message, version, capacity, ports, facts } = health;
  await inTransaction(async (tx) => {
    const detail = { version, capacity, ports: ports ?? null, facts };
    const changed = await recordCheck(tx, cloudId, { ok, message, detail });
    if (changed) await publishEvent(tx, "admin", "cloud.health", { id: cloudId, ok });
  });
  return health;
}

/** One worker checks so many clouds; more are shared with others. */
const batch = 20;

/** Checks every enabled cloud: the first batch here, further ones by whichever workers are free. Answers for those here. */
export async function checkAllClouds(): Promise<{ ok: number; failing: number }> {
  const ids = await listEnabledIds();
  const others: { cloudIds: string[] }[] = [];
  for (let at = batch; at < ids.length; at += batch) others.push({ cloudIds: ids.slice(at, at + batch) });
  const shared = await fanOut("clouds.check", others);
  return await checkClouds(shared ? ids.slice(0, batch) : ids);
}

/** Checks some clouds at once; answers how many are well. */
export async function checkClouds(ids: readonly string[]): Promise<{ ok: number; failing: number }> {
  const answers = await Promise.all(ids.map(checkCloud));
  const ok = answers.filter((answer) => answer.ok).length;
  return { ok, failing: answers.length - ok };
}

async function ask(cloudId: string): Promise<CloudHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CloudHealth>((resolve) => {
    timer = setTimeout(
      () => resolve(down(`Timed out after ${formatDuration(checkTimeoutMs)}.`)),
      checkTimeoutMs,
    );
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
