-- Foreign keys for what rows name by id (docs/adr/0024-foreign-keys.md). One transaction, as every migration: nothing is left of
-- one that fails. First what names something that is gone is mended, so that no key finds a fault; in a sound installation
-- these statements change nothing.

-- A process of the version before that still runs writes nothing of these until the keys are there; in the order in which it takes
-- them, so that neither waits for the other.
LOCK TABLE "environment", "run", "request", "plan", "approval", "reservation", "resource", "backup", "incident", "upload_use", "template_version",
  "cloud", "ignored_orphan", "notification", "webhook", "idempotency_record", "cost_center", "app_user" IN SHARE ROW EXCLUSIVE MODE;

-- A user, cloud or version that a row cannot be without comes back as a placeholder under the same id, so that no environment,
-- resource or plan is lost and the ledger's rows of it mean what they meant: a disabled user, a paused cloud (an administrator
-- deletes it with what is recorded there), a retired version.
INSERT INTO "app_user" ("id", "email", "name", "disabled_at", "updated_at")
SELECT DISTINCT e."owner_id", 'removed-' || md5(e."owner_id") || '@unverified.invalid', 'Removed user', now(), now()
FROM "environment" e WHERE NOT EXISTS (SELECT 1 FROM "app_user" u WHERE u."id" = e."owner_id");

INSERT INTO "cloud" ("id", "name", "title", "driver", "enabled", "updated_at")
SELECT DISTINCT r."cloud_id", 'removed-' || left(md5(r."cloud_id"), 12), 'Removed cloud', 'simulated', false, now()
FROM "resource" r WHERE NOT EXISTS (SELECT 1 FROM "cloud" c WHERE c."id" = r."cloud_id");

WITH "gone" AS (
  SELECT "id" FROM (SELECT "template_version_id" AS "id" FROM "environment" UNION SELECT "template_version_id" FROM "plan") named
  WHERE NOT EXISTS (SELECT 1 FROM "template_version" v WHERE v."id" = named."id")
), "made" AS (
  INSERT INTO "template" ("id", "name", "title", "updated_at")
  SELECT 'tpl_removed', 'removed-versions', 'Removed versions', now() WHERE EXISTS (SELECT 1 FROM "gone")
)
-- Its key to the template is checked when the statement ends.
INSERT INTO "template_version" ("id", "template_id", "version", "status", "source", "manifest", "digest", "retired_at")
SELECT "id", 'tpl_removed', '0.0.' || row_number() OVER (ORDER BY "id"), 'retired', '', '{"apiVersion": "rostrum.dev/v1",
  "kind": "Template", "metadata": {"name": "removed-versions", "title": "Removed versions"}, "spec": {"version": "0.0.1",
  "components": {"removed": {"process": {"program": "true"}}}}}', '', now()
FROM "gone";

-- What belongs to an environment or a request that is gone is shown nowhere, and goes too. Plans and decisions are append-only,
-- so it needs the same permission as removing demo data, for this transaction.
SELECT set_config('rostrum.purge', 'on', true);
DELETE FROM "request" x WHERE NOT EXISTS (SELECT 1 FROM "environment" p WHERE p."id" = x."environment_id");
DELETE FROM "plan" x WHERE NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id")
  OR NOT EXISTS (SELECT 1 FROM "environment" p WHERE p."id" = x."environment_id");
DELETE FROM "approval" x WHERE NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id")
  OR NOT EXISTS (SELECT 1 FROM "plan" p WHERE p."id" = x."plan_id");
DELETE FROM "reservation" x WHERE NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id")
  OR NOT EXISTS (SELECT 1 FROM "environment" p WHERE p."id" = x."environment_id");
DELETE FROM "run" x WHERE NOT EXISTS (SELECT 1 FROM "environment" p WHERE p."id" = x."environment_id");
DELETE FROM "backup" x WHERE NOT EXISTS (SELECT 1 FROM "environment" p WHERE p."id" = x."environment_id");
DELETE FROM "incident" x WHERE NOT EXISTS (SELECT 1 FROM "environment" p WHERE p."id" = x."environment_id");
DELETE FROM "notification" x WHERE NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."user_id");
DELETE FROM "idempotency_record" x WHERE NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."user_id");
DELETE FROM "ignored_orphan" x WHERE NOT EXISTS (SELECT 1 FROM "cloud" p WHERE p."id" = x."cloud_id");
SELECT set_config('rostrum.purge', 'off', true);

-- An upload that an environment uses stays in use, by the newest request of the environment that there is.
INSERT INTO "upload_use" ("upload_id", "request_id", "environment_id")
SELECT x."upload_id", q."id", x."environment_id" FROM "upload_use" x
CROSS JOIN LATERAL (SELECT "id" FROM "request" WHERE "environment_id" = x."environment_id" ORDER BY "created_at" DESC LIMIT 1) q
WHERE NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id")
ON CONFLICT DO NOTHING;
DELETE FROM "upload_use" x WHERE NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id");

-- A request and what it reserved are the project's that the environment is of.
UPDATE "request" x SET "project_id" = e."project_id" FROM "environment" e
WHERE e."id" = x."environment_id" AND NOT EXISTS (SELECT 1 FROM "project" p WHERE p."id" = x."project_id");
UPDATE "reservation" x SET "project_id" = e."project_id" FROM "environment" e
WHERE e."id" = x."environment_id" AND NOT EXISTS (SELECT 1 FROM "project" p WHERE p."id" = x."project_id");

-- Removed users and origins that are gone are no longer named. A cloud whose price book is gone has the default one, as before.
UPDATE "template_version" x SET "author_id" = NULL WHERE x."author_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."author_id");
UPDATE "template_version" x SET "reviewer_id" = NULL WHERE x."reviewer_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."reviewer_id");
UPDATE "ignored_orphan" x SET "ignored_by_id" = NULL WHERE x."ignored_by_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."ignored_by_id");
UPDATE "webhook" x SET "created_by_id" = NULL WHERE x."created_by_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."created_by_id");
UPDATE "backup" x SET "created_by_id" = NULL WHERE x."created_by_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."created_by_id");
UPDATE "cost_center" x SET "owner_id" = NULL WHERE x."owner_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."owner_id");
UPDATE "request" x SET "requester_id" = NULL WHERE x."requester_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."requester_id");
UPDATE "run" x SET "cancelled_by_id" = NULL WHERE x."cancelled_by_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "app_user" p WHERE p."id" = x."cancelled_by_id");
UPDATE "cloud" x SET "price_book_id" = NULL WHERE x."price_book_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "price_book" p WHERE p."id" = x."price_book_id");
UPDATE "environment" x SET "failed_run_id" = NULL WHERE x."failed_run_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "run" p WHERE p."id" = x."failed_run_id");
UPDATE "backup" x SET "request_id" = NULL WHERE x."request_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id");
UPDATE "request" x SET "plan_id" = NULL WHERE x."plan_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "plan" p WHERE p."id" = x."plan_id");
UPDATE "request" x SET "run_id" = NULL WHERE x."run_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "run" p WHERE p."id" = x."run_id");
UPDATE "run" x SET "request_id" = NULL WHERE x."request_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "request" p WHERE p."id" = x."request_id");
UPDATE "run" x SET "plan_id" = NULL WHERE x."plan_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "plan" p WHERE p."id" = x."plan_id");

-- What a parent's deletion looks for in tables that grow. Partial where nearly no row names one; the others that have no index
-- of their own are small.
CREATE INDEX "upload_use_request_id_idx" ON "upload_use"("request_id");
CREATE INDEX "request_run_id_idx" ON "request"("run_id");
CREATE INDEX "plan_template_version_id_idx" ON "plan"("template_version_id");
CREATE INDEX "run_request_id_idx" ON "run"("request_id");
CREATE INDEX "run_plan_id_idx" ON "run"("plan_id");
CREATE INDEX "run_cancelled_by_id_idx" ON "run"("cancelled_by_id") WHERE "cancelled_by_id" IS NOT NULL;
CREATE INDEX "backup_created_by_id_idx" ON "backup"("created_by_id") WHERE "created_by_id" IS NOT NULL;
CREATE INDEX "backup_request_id_idx" ON "backup"("request_id") WHERE "request_id" IS NOT NULL;

ALTER TABLE "template_version"
  ADD CONSTRAINT "template_version_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "template_version_reviewer_id_fkey" FOREIGN KEY ("reviewer_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "upload_use"
  ADD CONSTRAINT "upload_use_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "cloud"
  ADD CONSTRAINT "cloud_price_book_id_fkey" FOREIGN KEY ("price_book_id") REFERENCES "price_book"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
ALTER TABLE "ignored_orphan"
  ADD CONSTRAINT "ignored_orphan_cloud_id_fkey" FOREIGN KEY ("cloud_id") REFERENCES "cloud"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "ignored_orphan_ignored_by_id_fkey" FOREIGN KEY ("ignored_by_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "environment"
  ADD CONSTRAINT "environment_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "environment_template_version_id_fkey" FOREIGN KEY ("template_version_id") REFERENCES "template_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "environment_failed_run_id_fkey" FOREIGN KEY ("failed_run_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "resource"
  ADD CONSTRAINT "resource_cloud_id_fkey" FOREIGN KEY ("cloud_id") REFERENCES "cloud"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
ALTER TABLE "notification"
  ADD CONSTRAINT "notification_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "webhook"
  ADD CONSTRAINT "webhook_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "incident"
  ADD CONSTRAINT "incident_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "backup"
  ADD CONSTRAINT "backup_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "backup_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "backup_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "idempotency_record"
  ADD CONSTRAINT "idempotency_record_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "cost_center"
  ADD CONSTRAINT "cost_center_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "reservation"
  ADD CONSTRAINT "reservation_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "reservation_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "reservation_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
ALTER TABLE "request"
  ADD CONSTRAINT "request_requester_id_fkey" FOREIGN KEY ("requester_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "request_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "request_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "request_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "request_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "plan"
  ADD CONSTRAINT "plan_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "plan_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "plan_template_version_id_fkey" FOREIGN KEY ("template_version_id") REFERENCES "template_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
ALTER TABLE "approval"
  ADD CONSTRAINT "approval_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "approval_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
ALTER TABLE "run"
  ADD CONSTRAINT "run_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "run_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "run_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID,
  ADD CONSTRAINT "run_cancelled_by_id_fkey" FOREIGN KEY ("cancelled_by_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;

-- Each is checked against all rows.
ALTER TABLE "template_version" VALIDATE CONSTRAINT "template_version_author_id_fkey", VALIDATE CONSTRAINT "template_version_reviewer_id_fkey";
ALTER TABLE "upload_use" VALIDATE CONSTRAINT "upload_use_request_id_fkey";
ALTER TABLE "cloud" VALIDATE CONSTRAINT "cloud_price_book_id_fkey";
ALTER TABLE "ignored_orphan" VALIDATE CONSTRAINT "ignored_orphan_cloud_id_fkey", VALIDATE CONSTRAINT "ignored_orphan_ignored_by_id_fkey";
ALTER TABLE "environment" VALIDATE CONSTRAINT "environment_owner_id_fkey", VALIDATE CONSTRAINT "environment_template_version_id_fkey", VALIDATE CONSTRAINT "environment_failed_run_id_fkey";
ALTER TABLE "resource" VALIDATE CONSTRAINT "resource_cloud_id_fkey";
ALTER TABLE "notification" VALIDATE CONSTRAINT "notification_user_id_fkey";
ALTER TABLE "webhook" VALIDATE CONSTRAINT "webhook_created_by_id_fkey";
ALTER TABLE "incident" VALIDATE CONSTRAINT "incident_environment_id_fkey";
ALTER TABLE "backup" VALIDATE CONSTRAINT "backup_environment_id_fkey", VALIDATE CONSTRAINT "backup_created_by_id_fkey", VALIDATE CONSTRAINT "backup_request_id_fkey";
ALTER TABLE "idempotency_record" VALIDATE CONSTRAINT "idempotency_record_user_id_fkey";
ALTER TABLE "cost_center" VALIDATE CONSTRAINT "cost_center_owner_id_fkey";
ALTER TABLE "reservation" VALIDATE CONSTRAINT "reservation_project_id_fkey", VALIDATE CONSTRAINT "reservation_environment_id_fkey", VALIDATE CONSTRAINT "reservation_request_id_fkey";
ALTER TABLE "request" VALIDATE CONSTRAINT "request_requester_id_fkey", VALIDATE CONSTRAINT "request_project_id_fkey", VALIDATE CONSTRAINT "request_environment_id_fkey", VALIDATE CONSTRAINT "request_plan_id_fkey", VALIDATE CONSTRAINT "request_run_id_fkey";
ALTER TABLE "plan" VALIDATE CONSTRAINT "plan_request_id_fkey", VALIDATE CONSTRAINT "plan_environment_id_fkey", VALIDATE CONSTRAINT "plan_template_version_id_fkey";
ALTER TABLE "approval" VALIDATE CONSTRAINT "approval_request_id_fkey", VALIDATE CONSTRAINT "approval_plan_id_fkey";
ALTER TABLE "run" VALIDATE CONSTRAINT "run_environment_id_fkey", VALIDATE CONSTRAINT "run_request_id_fkey", VALIDATE CONSTRAINT "run_plan_id_fkey", VALIDATE CONSTRAINT "run_cancelled_by_id_fkey";
