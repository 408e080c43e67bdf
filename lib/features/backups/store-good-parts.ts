import { getPrisma } from "@/lib/platform/db";

/** A part of a backup that succeeded. */
export interface GoodPart {
  component: string;
  method: string;
  backupId: string;
  at: Date;
  sizeBytes: number;
}

/** Parts of the good backups of an environment, newest backup first. */
export async function listGoodParts(environmentId: string): Promise<GoodPart[]> {
  const parts = { select: { component: true, method: true, sizeBytes: true } } as const;
  const backups = await getPrisma().backup.findMany({
    where: { environmentId, status: "succeeded" },
    select: { id: true, createdAt: true, parts },
    orderBy: { createdAt: "desc" },
  });
  return backups.flatMap((backup) =>
    backup.parts.map(({ sizeBytes, ...part }) => ({
      ...part,
      backupId: backup.id,
      at: backup.createdAt,
      sizeBytes: Number(sizeBytes),
    })),
  );
}
