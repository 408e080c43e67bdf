import { getPrisma } from "@/lib/platform/db";

/** What a component holds. */
interface HeldItem {
  component: string;
  cloudId: string;
  replicas: number;
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
}

/** What an environment holds at present; a stopped component holds its storage only. */
export async function listHeldNow(environmentId: string): Promise<HeldItem[]> {
  const select = { component: true, cloudId: true, replicas: true, running: true } as const;
  const rows = await getPrisma().resourceHistory.findMany({
    where: { environmentId, validTo: null },
    select: { ...select, cpu: true, memoryBytes: true, storageBytes: true },
  });
  return rows.map(({ running, cpu, memoryBytes, storageBytes, ...row }) => ({
    ...row,
    cpu: running ? Number(cpu) : 0,
    memoryBytes: running ? Number(memoryBytes) : 0,
    storageBytes: Number(storageBytes),
  }));
}
