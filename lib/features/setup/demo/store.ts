import { getPrisma, rowOf, statements } from "@/lib/platform/db";

/** Whether there is a demo user or project. */
export async function hasDemoRows(): Promise<boolean> {
  const found = statements.selectNoFrom((eb) =>
    eb
      .or([
        eb.exists(eb.selectFrom("app_user").select("id").where("is_demo", "=", true)),
        eb.exists(eb.selectFrom("project").select("id").where("is_demo", "=", true)),
      ])
      .$castTo<boolean>()
      .as("found"),
  );
  return (await rowOf(found))?.found ?? false;
}

/** A cloud without a price book of its own: the default book holds for it. Null when there is none. */
export async function findUnpricedCloud(): Promise<string | null> {
  const cloud = await getPrisma().cloud.findFirst({ where: { priceBookId: null }, select: { id: true } });
  return cloud?.id ?? null;
}
