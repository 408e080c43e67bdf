import { getPrisma, type Tx } from "@/lib/platform/db";
import type { CostCenterDto } from "./schema";
import type { Visible } from "./store";

interface CostCenter {
  code: string;
  name: string;
  ownerId: string | null;
}

/** Cost centers by code, with how many projects they have: all, or those of the visible projects. */
export async function listStoredCostCenters(visible: Visible): Promise<CostCenterDto[]> {
  const rows = await getPrisma().costCenter.findMany({
    ...(visible !== "all" && { where: { projects: { some: { id: { in: [...visible] } } } } }),
    include: { _count: { select: { projects: true } } },
    orderBy: { code: "asc" },
    take: 1_000,
  });
  return rows.map(({ _count, createdAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    projects: _count.projects,
  }));
}

/** The id of a cost center by id or code. */
export async function findCostCenterId(idOrCode: string): Promise<string | null> {
  const row = await getPrisma().costCenter.findFirst({
    where: { OR: [{ id: idOrCode }, { code: idOrCode }] },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** A new cost center. Throws when the code is taken. */
export async function insertCostCenter(tx: Tx, costCenter: CostCenter & { id: string }): Promise<void> {
  await tx.prisma.costCenter.create({ data: costCenter });
}

/** Changes what is given of a cost center; false when there is none. Throws when the code is taken. */
export async function changeCostCenter(tx: Tx, id: string, change: Partial<CostCenter>): Promise<boolean> {
  const { count } = await tx.prisma.costCenter.updateMany({ where: { id }, data: change });
  return count > 0;
}
