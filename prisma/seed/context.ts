import type { Organization, ProjectLimits } from "./organization";
import type { ProjectKey } from "./people";
import type { DemoTables } from "./tables";

/** What everything that writes history needs. `now` in milliseconds. */
export interface HistoryContext {
  tables: DemoTables;
  organization: Organization;
  limits: Record<ProjectKey, ProjectLimits>;
  now: number;
}
