/** What statements of other features may join of samples and incidents: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** What resources used at moments. */
export const sampleRows = statements
  .selectFrom("sample")
  .select(["resource_id", "at", "cpu_cores", "memory_bytes", "storage_bytes"]);

/** Incidents without what was done about them. */
export const incidentRows = statements
  .selectFrom("incident")
  .select(["id", "environment_id", "component", "summary", "opened_at", "closed_at"]);
