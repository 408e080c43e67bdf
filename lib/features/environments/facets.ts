import { listTemplateFacets } from "@/lib/features/catalog";
import { listProjectFacets } from "@/lib/features/projects";
import { type Actor, visibleProjects } from "@/lib/platform/auth";

interface Facet {
  value: string;
  label: string;
}

/** What the list of environments can be narrowed to: the projects the actor sees and the templates in use. */
export async function environmentFacets(actor: Actor): Promise<{ projects: Facet[]; templates: Facet[] }> {
  const [projects, templates] = await Promise.all([
    listProjectFacets(visibleProjects(actor, "environment.read")),
    listTemplateFacets(),
  ]);
  return { projects, templates };
}
