import { getPrisma } from "@/lib/platform/db";

/** A stored file of a backup. */
export interface StoredPart {
  method: string;
  location: string;
  sizeBytes: bigint;
  sha256: string;
}

/** What a backup holds of a component. */
export async function readParts(backupId: string, component: string): Promise<StoredPart[]> {
  return await getPrisma().backupPart.findMany({
    where: { backupId, component },
    select: { method: true, location: true, sizeBytes: true, sha256: true },
    orderBy: { method: "asc" },
  });
}

/** Whether a backup holds something of a component already. */
export async function hasPart(backupId: string, component: string): Promise<boolean> {
  return (await getPrisma().backupPart.findFirst({ where: { backupId, component } })) !== null;
}

/** Records a file of a backup; one that was captured again replaces the former. */
export async function recordPart(backupId: string, component: string, part: StoredPart): Promise<void> {
  const { method, ...stored } = part;
  await getPrisma().backupPart.upsert({
    where: { backupId_component_method: { backupId, component, method } },
    create: { backupId, component, method, ...stored },
    update: stored,
  });
}

/** What an earlier attempt recorded is no part of the next one. */
export async function deleteParts(backupId: string): Promise<void> {
  await getPrisma().backupPart.deleteMany({ where: { backupId } });
}
