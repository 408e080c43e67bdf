import { environmentRows } from "@/lib/features/environments/joins";
import { planRows } from "@/lib/features/requests/joins";
import { userRows } from "@/lib/features/users/joins";
import { rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";

/** Versions of templates that demo users wrote and nothing uses that stays. */
const unusedVersions = statements
  .selectFrom("template_version as v")
  .innerJoin("template as t", "t.id", "v.template_id")
  .select("v.id")
  .where("t.is_builtin", "=", false)
  .where("v.author_id", "in", (eb) =>
    eb.selectFrom(userRows.as("u")).select("u.id").where("u.is_demo", "=", true),
  )
  .where((eb) =>
    eb.not(
      eb.exists(
        eb.selectFrom(environmentRows.as("e")).select("e.id").whereRef("e.template_version_id", "=", "v.id"),
      ),
    ),
  )
  .where((eb) =>
    eb.not(
      eb.exists(
        eb.selectFrom(planRows.as("p")).select("p.id").whereRef("p.template_version_id", "=", "v.id"),
      ),
    ),
  );

/** Deletes what demo users wrote into the catalog and nothing that stays uses; before the users, after the environments. */
export async function deleteDemoTemplates(tx: Tx): Promise<void> {
  const emptied = await rowsOf(
    statements.deleteFrom("template_version").where("id", "in", unusedVersions).returning("template_id"),
    tx,
  );
  if (emptied.length === 0) return;
  const templates = statements
    .deleteFrom("template")
    .where(
      "id",
      "in",
      emptied.map(({ template_id }) => template_id),
    )
    .where("id", "not in", (eb) => eb.selectFrom("template_version").select("template_id"));
  await writtenBy(templates, tx);
}
