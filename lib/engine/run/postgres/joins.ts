/** What statements elsewhere may join of runs and their steps: these columns, and no others. */
import { statements } from "@/lib/platform/db/builder";

/** Runs by what others show, and how they ended. */
export const runRows = statements
  .selectFrom("run")
  .select(["id", "environment_id", "request_id", "plan_id", "kind", "status", "error", "worker_id"])
  .select(["created_at", "started_at", "finished_at", "wake_at", "cancel_requested_at"]);

/** What the creator of a run gave it to know, as a document. */
export const runContextRows = statements
  .selectFrom("run")
  .select(["id", "environment_id", "kind", "context", "created_at"]);

/** Steps without what they are given and make. */
export const stepRows = statements
  .selectFrom("step")
  .select(["id", "run_id", "component", "action", "cloud_id", "status", "attempts"]);

/** What the planner of a step gave it to know, as a document. */
export const stepInputRows = statements.selectFrom("step").select(["run_id", "input"]);
