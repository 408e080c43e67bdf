/** What statements of other features may join of environments and their resources: these columns, and no others. */
import { statements } from "@/lib/platform/db";
import { isOnCloud } from "./store-placement";

/** Environments by what others show, scope and count. */
export const environmentRows = statements
  .selectFrom("environment")
  .select(["id", "name", "project_id", "owner_id", "template_version_id", "status", "health", "generation"])
  .select(["monthly_cost", "currency", "lease_ends_at", "destroy_after", "failed_run_id", "is_demo"])
  .select(["created_at", "ready_at", "updated_at", "destroyed_at"]);

/** What exists of environments, and what it holds. */
export const resourceRows = statements
  .selectFrom("resource")
  .select(["id", "environment_id", "component", "cloud_id", "kind", "external_id", "status"])
  .select(["cpu", "memory_bytes", "storage_bytes", "replicas", "created_at"]);

/** Living environments that are placed on a cloud or have a resource there. */
export const livingOn = (cloudId: string) =>
  statements
    .selectFrom("environment as e")
    .select(["e.id", "e.name", "e.status"])
    .where("e.destroyed_at", "is", null)
    .where(isOnCloud(cloudId));
