/** The rule is in docs/adr/0024-foreign-keys.md. The list may only become shorter. */

const ledger = "the ledger is append-only and outlives what it names";
const audit = "the audit log outlives what it names";
const appendOnly = "the row is append-only: setting it to null would be refused, and it outlives the person";
const aging = "deleted in bulk by age, also after what it names";
const hot = "written by the engine in batches; a check for each row costs more than the row tells";
const worker = "a worker's row is deleted a day after its last sign of life";
const foreign = "not the id of a row of Rostrum's";

/** Columns called `…_id` or `…_ids` without a foreign key, with the reason. */
export const withoutForeignKey: Readonly<Record<string, string>> = {
  "api_token.session_id": "also the session whose row is gone",
  "approval.approver_id": appendOnly,
  "audit_event.actor_id": audit,
  "audit_event.object_id": audit,
  "audit_event.project_id": audit,
  "audit_event.request_id": foreign,
  "audit_seal.key_id": foreign,
  "charge.cost_center_id": ledger,
  "charge.environment_id": ledger,
  "charge.price_id": ledger,
  "charge.project_id": ledger,
  "charge.usage_record_id": ledger,
  "cost_sum.project_id": "kept by triggers; empty for the whole organization",
  "daily_cost.cloud_id": ledger,
  "daily_cost.cost_center_id": ledger,
  "daily_cost.environment_id": ledger,
  "daily_cost.owner_id": ledger,
  "daily_cost.project_id": ledger,
  "daily_cost.template_id": ledger,
  "idempotency_record.claim_id": foreign,
  "ignored_orphan.external_id": foreign,
  "price.created_by_id": appendOnly,
  "resource.external_id": foreign,
  "resource.step_id": hot,
  "resource_history.cloud_id": ledger,
  "resource_history.cost_center_id": ledger,
  "resource_history.environment_id": ledger,
  "resource_history.owner_id": ledger,
  "resource_history.project_id": ledger,
  "resource_history.resource_id": ledger,
  "resource_history.template_version_id": ledger,
  "run.worker_id": worker,
  "sample.resource_id": aging,
  "statement.closed_by_id": appendOnly,
  "statement.cost_center_id": ledger,
  "step.cloud_id": hot,
  "step_log.run_id": aging,
  "step_log.step_id": aging,
  "template_version.contributor_ids": "an array; it names contributors also when they are removed",
  "unpriced_usage.environment_id": ledger,
  "unpriced_usage.usage_record_id": ledger,
  "usage_record.cloud_id": ledger,
  "usage_record.cost_center_id": ledger,
  "usage_record.environment_id": ledger,
  "usage_record.owner_id": ledger,
  "usage_record.project_id": ledger,
  "usage_record.resource_id": ledger,
  "usage_record.template_version_id": ledger,
};
