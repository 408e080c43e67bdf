// Written by scripts/generate-routes.ts (npx tsx scripts/generate-routes.ts); a test fails when it is out of date.
import type { RouteTable } from "@/lib/platform/http";
import * as auditRoute from "./audit/route";
import * as auditVerifyRoute from "./audit/verify/route";
import * as cloudsIdCheckRoute from "./clouds/[id]/check/route";
import * as cloudsIdOrphansRoute from "./clouds/[id]/orphans/route";
import * as cloudsIdRoute from "./clouds/[id]/route";
import * as cloudsRoute from "./clouds/route";
import * as costCentersIdRoute from "./cost-centers/[id]/route";
import * as costCentersRoute from "./cost-centers/route";
import * as driversRoute from "./drivers/route";
import * as eventsRoute from "./events/route";
import * as healthRoute from "./health/route";
import * as mePasswordRoute from "./me/password/route";
import * as meRoute from "./me/route";
import * as notificationsIdRoute from "./notifications/[id]/route";
import * as notificationsReadAllRoute from "./notifications/read-all/route";
import * as notificationsRoute from "./notifications/route";
import * as projectsIdMembersUserIdRoute from "./projects/[id]/members/[userId]/route";
import * as projectsIdMembersRoute from "./projects/[id]/members/route";
import * as projectsIdRoute from "./projects/[id]/route";
import * as projectsRoute from "./projects/route";
import * as sessionsIdRoute from "./sessions/[id]/route";
import * as sessionsRoute from "./sessions/route";
import * as templatesNameRoute from "./templates/[name]/route";
import * as templatesNameVersionsVersionTransitionRoute from "./templates/[name]/versions/[version]/[transition]/route";
import * as templatesNameVersionsVersionDiffRoute from "./templates/[name]/versions/[version]/diff/route";
import * as templatesNameVersionsVersionRoute from "./templates/[name]/versions/[version]/route";
import * as templatesRoute from "./templates/route";
import * as tokensIdRoute from "./tokens/[id]/route";
import * as tokensRoute from "./tokens/route";
import * as uploadsRoute from "./uploads/route";
import * as usersIdRoute from "./users/[id]/route";
import * as usersRoute from "./users/route";

/** Every route module of the API with its path. */
export const routes: RouteTable = [
  { path: "/api/v1/audit", module: auditRoute },
  { path: "/api/v1/audit/verify", module: auditVerifyRoute },
  { path: "/api/v1/clouds", module: cloudsRoute },
  { path: "/api/v1/clouds/{id}", module: cloudsIdRoute },
  { path: "/api/v1/clouds/{id}/check", module: cloudsIdCheckRoute },
  { path: "/api/v1/clouds/{id}/orphans", module: cloudsIdOrphansRoute },
  { path: "/api/v1/cost-centers", module: costCentersRoute },
  { path: "/api/v1/cost-centers/{id}", module: costCentersIdRoute },
  { path: "/api/v1/drivers", module: driversRoute },
  { path: "/api/v1/events", module: eventsRoute },
  { path: "/api/v1/health", module: healthRoute },
  { path: "/api/v1/me", module: meRoute },
  { path: "/api/v1/me/password", module: mePasswordRoute },
  { path: "/api/v1/notifications", module: notificationsRoute },
  { path: "/api/v1/notifications/{id}", module: notificationsIdRoute },
  { path: "/api/v1/notifications/read-all", module: notificationsReadAllRoute },
  { path: "/api/v1/projects", module: projectsRoute },
  { path: "/api/v1/projects/{id}", module: projectsIdRoute },
  { path: "/api/v1/projects/{id}/members", module: projectsIdMembersRoute },
  { path: "/api/v1/projects/{id}/members/{userId}", module: projectsIdMembersUserIdRoute },
  { path: "/api/v1/sessions", module: sessionsRoute },
  { path: "/api/v1/sessions/{id}", module: sessionsIdRoute },
  { path: "/api/v1/templates", module: templatesRoute },
  { path: "/api/v1/templates/{name}", module: templatesNameRoute },
  { path: "/api/v1/templates/{name}/versions/{version}", module: templatesNameVersionsVersionRoute },
  {
    path: "/api/v1/templates/{name}/versions/{version}/{transition}",
    module: templatesNameVersionsVersionTransitionRoute,
  },
  { path: "/api/v1/templates/{name}/versions/{version}/diff", module: templatesNameVersionsVersionDiffRoute },
  { path: "/api/v1/tokens", module: tokensRoute },
  { path: "/api/v1/tokens/{id}", module: tokensIdRoute },
  { path: "/api/v1/uploads", module: uploadsRoute },
  { path: "/api/v1/users", module: usersRoute },
  { path: "/api/v1/users/{id}", module: usersIdRoute },
];
