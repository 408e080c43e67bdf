import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { type Facet, listProjectFacets, listTemplateFacets } from "./store-facets";

/** What the list of environments can be narrowed to: the projects the actor sees and the templates in use. */
export async function environmentFacets(actor: Actor): Promise<{ projects: Facet[]; templates: Facet[] }> {
  const visible = visibleProjects(actor, "environment.read");
  const [projects, templates] = await Promise.all([
    listProjectFacets(visible === "all" ? visible : [...visible]),
    listTemplateFacets(),
  ]);
  return { projects, templates };
}
