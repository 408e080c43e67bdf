import { rowOf, statements } from "@/lib/platform/db";

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
