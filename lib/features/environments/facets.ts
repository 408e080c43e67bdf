import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";

interface Facet {
  value: string;
  label: string;
}

/** What the list of environments can be narrowed to: the projects the actor sees and the templates in use. */
export async function environmentFacets(actor: Actor): Promise<{ projects: Facet[]; templates: Facet[] }> {
  const visible = visibleProjects(actor, "environment.read");
  const scope = visible === "all" ? null : [...visible];
  const [projects, templates] = await Promise.all([
    query<Facet>(
      `SELECT slug AS value, name AS label FROM project
       WHERE archived_at IS NULL AND ($1::text[] IS NULL OR id = ANY($1)) ORDER BY name LIMIT 200`,
      [scope],
      { name: "environment_facets_projects" },
    ),
    query<Facet>(
      `SELECT name AS value, title AS label FROM template t
       WHERE EXISTS (SELECT 1 FROM template_version v WHERE v.template_id = t.id AND v.status <> 'draft')
       ORDER BY title LIMIT 200`,
      [],
      { name: "environment_facets_templates" },
    ),
  ]);
  return { projects, templates };
}
