import { placementCandidates } from "@/lib/features/clouds";
import { isolationLabels } from "@/lib/features/clouds/schema";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import type { CloudOption, ProjectOption } from "./schema";
import { listProjectsFor } from "./store-options";

/** The projects in which the actor may ask for environments, with what their budgets are committed to. */
export async function listProjectOptions(actor: Actor): Promise<ProjectOption[]> {
  const allowed = visibleProjects(actor, "environment.request");
  return await listProjectsFor(allowed);
}

/** The enabled clouds, with no more than a person who asks must know. */
export async function listCloudOptions(): Promise<CloudOption[]> {
  const clouds = await placementCandidates();
  return clouds.map(
    ({ name, title, driver, implementations, healthOk, healthMessage, isDemo, isolation }) => ({
      name,
      title,
      driver,
      implementations: [...implementations],
      healthOk,
      healthMessage,
      isDemo,
      isolation: isolation && isolationLabels[isolation],
    }),
  );
}
