/** What statements of other features may join of requests, plans and approvals: these columns, and no others. */
import { sql } from "kysely";
import { statements } from "@/lib/platform/db";

/** Requests without what was asked. */
export const requestRows = statements
  .selectFrom("request")
  .select([
    "id",
    "environment_id",
    "project_id",
    "requester_id",
    "kind",
    "origin",
    "status",
    "reason",
    "message",
  ])
  .select(["plan_id", "run_id", "created_at", "finished_at"]);

/** Environments that were created from a backup, and which one. */
export const originRows = statements
  .selectFrom("request")
  .select(["environment_id", sql<string | null>`payload->>'backup'`.as("backup_id")])
  .where("kind", "=", "create");

/** Names of the parameters that requests set as secrets. */
export const secretParameterRows = statements
  .selectFrom("request")
  .select(["environment_id", sql<string>`jsonb_array_elements_text(payload->'secretParameters')`.as("name")])
  .where(sql<boolean>`jsonb_typeof(payload->'secretParameters') = 'array'`);

/** Plans with what they cost a month, as decimal text. */
export const planRows = statements
  .selectFrom("plan")
  .select(["id", "environment_id", "template_version_id"])
  .select([
    sql<string | null>`cost->>'monthly'`.as("monthly"),
    sql<string>`cost->>'currency'`.as("currency"),
  ]);

/** What plans say will be, as documents. */
export const planDocumentRows = statements.selectFrom("plan").select(["id", "changes", "cost", "lease"]);

/** Decisions. */
export const approvalRows = statements
  .selectFrom("approval")
  .select(["request_id", "plan_id", "approver_id", "decision", "reason", "created_at"]);

/** Requests that wait for approval and whose plan changes something on a cloud. */
export const pendingOn = (cloudId: string) =>
  statements
    .selectFrom("request as q")
    .innerJoin("plan as p", "p.id", "q.plan_id")
    .select(["q.id", "q.environment_id", "q.kind"])
    .where("q.status", "=", "pending_approval")
    .where(
      (eb) => sql<boolean>`EXISTS (SELECT 1 FROM jsonb_array_elements(${eb.ref("p.changes")}) c
        WHERE c->'cloud'->>'id' = ${cloudId} OR c->'from'->>'id' = ${cloudId})`,
    );
