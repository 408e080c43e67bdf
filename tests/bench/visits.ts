import type { Visitor } from "./client";

export interface Visit {
  as: string;
  path: string;
  /** Shown instead of the path: with names for ids. */
  label?: string;
}

interface Subjects {
  environment: string;
  request: string;
  run: string;
  approval: string;
  statement: string;
  project: string;
  day: string;
  component: string;
  cursors: { environments: string; requests: string; runs: string; audit: string };
}

interface Page {
  items: { id: string; [key: string]: unknown }[];
  nextCursor: string | null;
}

/** The things whose pages are asked for: those of the demo developer with the longest history. */
export async function findSubjects(person: (role: string) => Visitor): Promise<Subjects> {
  const developer = person("developer");
  const admin = person("admin");
  const first = async (visitor: Visitor, path: string) => {
    const page = await visitor.json<Page>(path);
    if (!page.items[0]) throw new Error(`${path} has nothing; is the database seeded?`);
    return { ...page, item: page.items[0], cursor: page.nextCursor ?? "" };
  };
  const environment = await first(
    developer,
    "/environments?project=checkout-core&status=running&mine=true&sort=created&direction=asc&limit=1",
  );
  const detail = await developer.json<{ resources: { component: string }[] }>(
    `/environments/${environment.item.id}`,
  );
  const request = await first(developer, `/requests?environment=${environment.item.id}&limit=1`);
  const run = await first(developer, `/runs?environment=${environment.item.id}&limit=1`);
  return {
    environment: environment.item.id,
    request: request.item.id,
    run: run.item.id,
    approval: (await first(person("approver"), "/requests?decidable=true&direction=asc&limit=1")).item.id,
    statement: (await first(person("finance"), "/statements")).item.id,
    project: (await first(admin, "/projects?q=checkout+core&limit=1")).item.id,
    day: new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10),
    component: detail.resources[0]?.component ?? "",
    cursors: {
      environments: (await first(admin, "/environments?limit=50")).cursor,
      requests: (await first(admin, "/requests?limit=50")).cursor,
      runs: (await first(admin, "/runs?limit=50")).cursor,
      audit: (await first(admin, "/audit?limit=50")).cursor,
    },
  };
}

/** Every page of the portal and the lists of the API, each by someone whose page it is. */
export function visits(s: Subjects): Visit[] {
  const hour = new URLSearchParams({ environment: s.environment, component: s.component, meter: "cpu" });
  const lists = (as: string) => [
    ...["/environments", "/requests", "/requests/runs"].map((path) => ({ as, path })),
    ...[
      "q=portal-demo",
      "q=4711",
      "status=failed",
      "health=unhealthy",
      "template=web-with-postgres",
      "sort=name",
      "sort=cost",
      "sort=lease",
    ].map((query) => ({ as, path: `/environments?${query}` })),
    ...["q=portal-demo", "status=failed", "kind=update"].map((query) => ({ as, path: `/requests?${query}` })),
    ...["q=portal-demo", "status=failed"].map((query) => ({ as, path: `/requests/runs?${query}` })),
  ];
  return [
    ...["/", "/catalog", "/catalog/web-with-postgres", "/catalog/web-with-postgres/request"].map((path) => ({
      as: "developer",
      path,
    })),
    ...lists("developer"),
    { as: "developer", path: `/requests/${s.request}`, label: "/requests/[id]" },
    ...["", "/monitoring", "/logs", "/backups", "/costs", "/activity", "/settings", "/change"].map((tab) => ({
      as: "developer",
      path: `/environments/${s.environment}${tab}`,
      label: `/environments/[id]${tab}`,
    })),
    { as: "developer", path: `/runs/${s.run}`, label: "/runs/[id]" },
    ...["/notifications", "/account"].map((path) => ({ as: "developer", path })),
    ...["/", "/requests/approvals"].map((path) => ({ as: "approver", path })),
    { as: "approver", path: `/approvals/${s.approval}`, label: "/approvals/[id]" },
    ...[
      "/",
      "/costs",
      "/costs?group=owner",
      "/costs?group=template&days=90",
      "/costs?group=component&days=7",
    ].map((path) => ({ as: "finance", path })),
    ...["/costs/usage", "/costs/usage?days=90"].map((path) => ({ as: "finance", path })),
    {
      as: "finance",
      path: `/costs/usage?group=project&key=${s.project}`,
      label: "/costs/usage?group=project&key=…",
    },
    { as: "finance", path: `/costs/usage?${hour}`, label: "/costs/usage of a meter" },
    { as: "finance", path: `/costs/usage?${hour}&day=${s.day}`, label: "/costs/usage of a day" },
    { as: "finance", path: `/costs/statements/${s.statement}`, label: "/costs/statements/[id]" },
    ...["/costs/budgets", "/costs/statements", "/costs/prices", "/insights"].map((path) => ({
      as: "finance",
      path,
    })),
    { as: "developer", path: "/requests/mine" },
    { as: "developer", path: "/projects" },
    ...["", "/environments", "/members", "/limits", "/costs", "/activity"].map((tab) => ({
      as: "developer",
      path: `/projects/${s.project}${tab}`,
      label: `/projects/[id]${tab}`,
    })),
    { as: "admin", path: "/admin" },
    { as: "admin", path: "/projects" },
    { as: "admin", path: "/whats-new" },
    { as: "developer", path: "/costs" },
    { as: "admin", path: "/" },
    ...lists("admin"),
    { as: "admin", path: `/environments?cursor=${s.cursors.environments}`, label: "/environments, page 2" },
    { as: "admin", path: `/requests?cursor=${s.cursors.requests}`, label: "/requests, page 2" },
    { as: "admin", path: `/requests/runs?cursor=${s.cursors.runs}`, label: "/requests/runs, page 2" },
    ...[
      "/costs",
      "/insights",
      "/insights?days=90",
      "/insights/fulfillment",
      "/insights/reclaimable",
      "/insights/capacity",
    ].map((path) => ({ as: "admin", path })),
    ...["templates", "clouds", "policies", "projects", "users", "system", "settings", "audit"].map(
      (name) => ({
        as: "admin",
        path: `/admin/${name}`,
      }),
    ),
    { as: "admin", path: `/admin/projects/${s.project}`, label: "/admin/projects/[id]" },
    { as: "admin", path: "/admin/audit?outcome=denied" },
    { as: "admin", path: "/admin/audit?q=4711" },
    { as: "admin", path: `/admin/audit?cursor=${s.cursors.audit}`, label: "/admin/audit, page 2" },
    ...apiVisits(s),
  ];
}

function apiVisits(s: Subjects): Visit[] {
  const admin = [
    "/environments",
    "/environments?q=portal-demo",
    "/environments?status=failed",
    "/environments?sort=cost",
    "/environments?limit=200",
    "/requests",
    "/requests?q=portal-demo",
    "/requests?status=pending_approval",
    "/runs",
    "/runs?status=failed",
    "/costs",
    "/costs?days=90&group=template",
    "/costs/items",
    "/audit",
    "/audit?outcome=denied",
    "/search?q=portal",
    "/search?q=4711",
    "/projects",
    "/users",
    "/templates",
    "/notifications",
    "/reports/sprawl",
  ];
  return [
    ...admin.map((path) => ({ as: "admin", path: `/api/v1${path}` })),
    ...["/environments", "/requests", "/runs", "/search?q=portal", "/costs"].map((path) => ({
      as: "developer",
      path: `/api/v1${path}`,
    })),
    {
      as: "admin",
      path: `/api/v1/environments?cursor=${s.cursors.environments}`,
      label: "/api/v1/environments, page 2",
    },
    { as: "developer", path: `/api/v1/environments/${s.environment}`, label: "/api/v1/environments/[id]" },
    {
      as: "developer",
      path: `/api/v1/costs/usage?${new URLSearchParams({ environment: s.environment, component: s.component, meter: "cpu", day: s.day })}`,
      label: "/api/v1/costs/usage",
    },
  ];
}
