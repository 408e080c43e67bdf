import { anyOf, rowsOf, statements } from "@/lib/platform/db";

export interface Facet {
  value: string;
  label: string;
}

/** Living projects by name, 200 at most: all of them, or those of the given ids. */
export async function listProjectFacets(visible: "all" | readonly string[]): Promise<Facet[]> {
  const projects = statements
    .selectFrom("project")
    .select(["slug as value", "name as label"])
    .where("archived_at", "is", null)
    .orderBy("name")
    .limit(200);
  return await rowsOf(visible === "all" ? projects : projects.where("id", "=", anyOf(visible)));
}

/** Templates that have more than drafts by title, 200 at most. */
export async function listTemplateFacets(): Promise<Facet[]> {
  return await rowsOf(
    statements
      .selectFrom("template as t")
      .select(["t.name as value", "t.title as label"])
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("template_version as v")
            .select("v.id")
            .whereRef("v.template_id", "=", "t.id")
            .where("v.status", "<>", "draft"),
        ),
      )
      .orderBy("t.title")
      .limit(200),
  );
}
