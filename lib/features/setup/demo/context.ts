import type { Organisation, ProjectLimits } from "./organisation";
import type { ProjectKey } from "./people";
import type { DemoTables } from "./tables";

/** What everything that writes history needs. `now` in milliseconds. */
export interface HistoryContext {
  tables: DemoTables;
  organisation: Organisation;
  limits: Record<ProjectKey, ProjectLimits>;
  now: number;
}
