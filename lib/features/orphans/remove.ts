import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeContext, ComponentRef } from "@/lib/clouds/contract";
import { connectionFor, findOrphans, type Orphan } from "@/lib/features/clouds";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import type { Actor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { deleteIgnored } from "./store";

const removalTimeoutMs = 2 * 60_000;

/**
 * Deletes an orphaned resource from its cloud, with its data, and looks whether it is gone.
 * @throws AppError unavailable when the cloud fails, conflict when it is still there
 */
export async function removeOrphan(actor: Actor, cloudId: string, orphan: Orphan): Promise<void> {
  const { ref } = orphan.found;
  if (!ref) throw new AppError("validation_failed", "External resources can’t be removed.");
  const lines: string[] = [];
  const change: ChangeContext = {
    idempotencyKey: newId("step"),
    signal: AbortSignal.timeout(removalTimeoutMs),
    log: (line) => void lines.push(line),
    files: noFiles,
  };
  try {
    await remove(cloudId, ref, change);
  } catch (error) {
    throw new AppError("unavailable", `Couldn’t remove ${orphan.dto.name}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const { orphans } = await findOrphans(cloudId);
  const isSame = ({ found }: Orphan) =>
    (found.type === orphan.found.type && found.externalId === orphan.found.externalId) ||
    (found.ref?.environmentId === ref.environmentId && found.ref.component === ref.component);
  const rest = orphans.filter(isSame);
  if (rest.length > 0) {
    const names = rest.map(({ dto }) => dto.name).join(", ");
    throw new AppError("conflict", `Not removed: ${names}.`);
  }
  await inTransaction(async (tx) => {
    const { name, type, externalId, environmentId, component } = orphan.dto;
    await deleteIgnored(tx, { cloudId, type, externalId });
    await publishEvent(tx, "admin", "cloud.orphan", { id: cloudId });
    await recordAudit(tx, {
      actor,
      action: "orphan.remove",
      objectType: "cloud",
      objectId: cloudId,
      detail: { name, type, externalId, environmentId, component, log: lines.slice(-20) },
    });
  });
}

const noFiles: ChangeContext["files"] = {
  list: async () => [],
  upload: async () => {
    throw new AppError("not_found", "A removal has no files.");
  },
};

async function remove(cloudId: string, ref: ComponentRef, change: ChangeContext): Promise<void> {
  const connection = await connectionFor(cloudId);
  // What has no component is an environment's own, such as its network.
  if (ref.component === "") return await connection.removeEnvironment(ref.environmentId, change);
  let result = await connection.remove(ref, change);
  while (result.state === "pending") {
    await sleep(result.wakeAfterMs, undefined, { signal: change.signal });
    const next = await connection.poll(ref, result.token, change);
    result = next.state === "pending" ? next : { state: "done" };
  }
}
