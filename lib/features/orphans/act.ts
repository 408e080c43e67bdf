import { findOrphans, type Orphan } from "@/lib/features/clouds";
import type { OrphanAction, OrphanResult } from "@/lib/features/clouds/schema";
import { AppError, notFound } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { adoptOrphan } from "./adopt";
import { removeOrphan } from "./remove";
import { deleteIgnored, saveIgnored } from "./store";

/**
 * Attaches an orphaned resource to its environment, deletes it from its cloud, or remembers to leave it alone. What it is
 * about is looked for in the cloud again, and must still be orphaned.
 * @throws AppError not_found, forbidden, validation_failed (wrong confirmation, not Rostrum's), conflict, unavailable
 */
export async function actOnOrphan(actor: Actor, cloudId: string, body: OrphanAction): Promise<OrphanResult> {
  requirePermission(actor, "cloud.manage", { what: "The cloud", objectType: "cloud", objectId: cloudId });
  const { orphans } = await findOrphans(cloudId);
  const orphan = orphans.find(({ dto }) => dto.type === body.type && dto.externalId === body.externalId);
  // What is ignored may have gone meanwhile; it is forgotten all the same.
  if (!orphan && body.action !== "unignore") throw notFound("The orphaned resource");
  const outcome = await carryOut(actor, cloudId, orphan, body);
  return { externalId: body.externalId, name: orphan?.dto.name ?? body.externalId, outcome };
}

async function carryOut(
  actor: Actor,
  cloudId: string,
  orphan: Orphan | undefined,
  body: OrphanAction,
): Promise<OrphanResult["outcome"]> {
  const name = orphan?.dto.name ?? "";
  switch (body.action) {
    case "adopt":
      await adoptOrphan(actor, cloudId, requireManaged(orphan, "adopted"));
      return "adopted";
    case "remove":
      await removeOrphan(actor, cloudId, requireConfirmed(requireManaged(orphan, "removed"), body.confirm));
      return "removed";
    case "ignore":
      await remember(actor, cloudId, name, body);
      return "ignored";
    case "unignore":
      await forget(actor, cloudId, name, body);
      return "listed";
  }
}

function requireConfirmed(orphan: Orphan, typed: string): Orphan {
  if (typed === orphan.dto.name) return orphan;
  throw new AppError("validation_failed", "Enter the name of the resource to remove it.", {
    problems: [{ path: "confirm", message: `is not ${orphan.dto.name}` }],
  });
}

/** Only what this installation made is its own to change. */
function requireManaged(orphan: Orphan | undefined, what: string): Orphan {
  if (orphan?.found.ref) return orphan;
  const kind =
    orphan?.dto.kind === "other_installation" ? "Resources of another Rostrum" : "External resources";
  throw new AppError(
    "validation_failed",
    `${kind} can’t be ${what} because this Rostrum didn’t create them. Ignore it instead.`,
  );
}

async function remember(
  actor: Actor,
  cloudId: string,
  name: string,
  { type, externalId, reason }: { type: string; externalId: string; reason: string },
): Promise<void> {
  await inTransaction(async (tx) => {
    await saveIgnored(tx, { cloudId, type, externalId }, { name, reason, ignoredBy: actor.userId });
    await publishEvent(tx, "admin", "cloud.orphan", { id: cloudId });
    await recordAudit(tx, {
      actor,
      action: "orphan.ignore",
      objectType: "cloud",
      objectId: cloudId,
      detail: { name, type, externalId, reason },
    });
  });
}

async function forget(
  actor: Actor,
  cloudId: string,
  name: string,
  { type, externalId }: { type: string; externalId: string },
): Promise<void> {
  await inTransaction(async (tx) => {
    const isGone = await deleteIgnored(tx, { cloudId, type, externalId });
    if (!isGone) throw notFound("The ignored resource");
    await recordAudit(tx, {
      actor,
      action: "orphan.unignore",
      objectType: "cloud",
      objectId: cloudId,
      detail: { name, type, externalId },
    });
  });
}
