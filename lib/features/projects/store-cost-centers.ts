import { getPrisma, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { CostCenterDto } from "./schema";
import type { Visible } from "./store";

interface CostCenter {
  code: string;
  name: string;
  ownerId: string | null;
}

/** Cost centers by code, with how many projects they have: all, or those of the visible projects. */
export async function listStoredCostCenters(visible: Visible): Promise<CostCenterDto[]> {
  let listed = statements
    .selectFrom("cost_center as c")
    .select((eb) => [
      "c.id",
      "c.code",
      "c.name",
      "c.owner_id as ownerId",
      "c.created_at as createdAt",
      eb
        .selectFrom("project as p")
        .select(({ cast, fn }) => cast<number>(fn.countAll(), "integer").as("count"))
        .whereRef("p.cost_center_id", "=", "c.id")
        .$asScalar()
        .$notNull()
        .as("projects"),
    ])
    .orderBy("c.code")
    .limit(1_000);
  if (visible !== "all") {
    listed = listed.where((eb) =>
      eb.exists(
        eb
          .selectFrom("project as p")
          .select("p.id")
          .whereRef("p.cost_center_id", "=", "c.id")
          .where("p.id", "=", eb.fn.any(eb.val(visible))),
      ),
    );
  }
  const rows = await rowsOf(listed);
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
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
