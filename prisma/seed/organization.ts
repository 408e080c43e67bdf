import { newId } from "@/lib/kernel/ids";
import { demoPeople, demoProjects, type PersonKey, type ProjectKey } from "./people";
import type { DemoTables } from "./tables";

export interface DemoCloud {
  id: string;
  title: string;
}

export interface Organization {
  people: Record<PersonKey, { id: string; name: string }>;
  projects: Record<ProjectKey, { id: string; slug: string; costCenterId: string; name: string }>;
  cloud: DemoCloud;
}

const dayMs = 86_400_000;

/** Ids of people, projects and the demo cloud: known before anything is written. */
export function nameOrganization(): Organization {
  const people = Object.fromEntries(
    demoPeople.map(({ key, name }) => [key, { id: newId("user"), name }]),
  ) as Organization["people"];
  const projects = Object.fromEntries(
    demoProjects.map(({ slug, name }) => [
      slug,
      { id: newId("project"), slug, name, costCenterId: newId("costCenter") },
    ]),
  ) as Organization["projects"];
  return { people, projects, cloud: { id: newId("cloud"), title: "Demo cloud" } };
}

/** What is decided about a project from what its environments hold and cost. */
export interface ProjectLimits {
  currency: string;
  approvalLimit: string | null;
  budgetMonthly: string | null;
  quotaCpu: number;
  quotaMemoryBytes: number;
  quotaStorageBytes: number;
  quotaEnvironments: number;
}

export function addOrganization(
  tables: DemoTables,
  organization: Organization,
  limits: Record<ProjectKey, ProjectLimits>,
  now: Date,
): void {
  const { people, projects, cloud } = organization;
  const joined = new Date(now.getTime() - 130 * dayMs).toISOString();
  for (const [index, person] of demoPeople.entries()) {
    // One second apart, so that the first person of each role is the one people sign in as.
    const at = new Date(now.getTime() - 130 * dayMs + index * 1000).toISOString();
    tables.add("app_user", {
      id: people[person.key].id,
      email: person.email,
      name: person.name,
      org_role: "orgRole" in person ? person.orgRole : null,
      is_demo: true,
      created_at: at,
      updated_at: at,
    });
  }
  for (const project of demoProjects) {
    const { id, costCenterId } = projects[project.slug];
    const limit = limits[project.slug];
    tables.add("cost_center", {
      id: costCenterId,
      code: project.costCenter.code,
      name: project.costCenter.name,
      owner_id: people[project.costCenter.owner].id,
      created_at: joined,
    });
    tables.add("project", {
      id,
      slug: project.slug,
      name: project.name,
      description: project.description,
      cost_center_id: costCenterId,
      approval_limit: limit.approvalLimit,
      budget_monthly: limit.budgetMonthly,
      currency: limit.currency,
      quota_cpu: limit.quotaCpu,
      quota_memory_bytes: limit.quotaMemoryBytes,
      quota_storage_bytes: limit.quotaStorageBytes,
      quota_environments: limit.quotaEnvironments,
      max_lease_days: project.maxLeaseDays,
      is_demo: true,
      created_at: joined,
      updated_at: joined,
    });
    for (const [person, role] of project.members) {
      tables.add("project_member", {
        project_id: id,
        user_id: people[person].id,
        role,
        created_at: joined,
      });
    }
  }
  tables.add("cloud", {
    id: cloud.id,
    name: "demo-cloud",
    title: cloud.title,
    driver: "simulated",
    config: {
      assumePresent: true,
      capacity: { cpu: 1_536, memoryBytes: 6 * 2 ** 40, storageBytes: 96 * 2 ** 40 },
    },
    labels: { location: "nowhere" },
    enabled: true,
    is_demo: true,
    health_ok: true,
    health_message: "Simulated",
    health_detail: {},
    checked_at: now.toISOString(),
    created_at: joined,
    updated_at: joined,
  });
}
