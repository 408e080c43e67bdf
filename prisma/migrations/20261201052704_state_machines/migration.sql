-- CreateEnum
CREATE TYPE "incident_status" AS ENUM ('open', 'resolved');

-- AlterTable
ALTER TABLE "incident" ADD COLUMN     "status" "incident_status" NOT NULL DEFAULT 'open';
UPDATE "incident" SET "status" = 'resolved' WHERE "closed_at" IS NOT NULL;
ALTER TABLE "incident" ADD CONSTRAINT "incident_resolved_check" CHECK (("status" = 'resolved') = ("closed_at" IS NOT NULL));

-- A run that only heals or acts left its environment in the status of a change when it was resumed. What no run changes is
-- what exists of it.
UPDATE "environment" e SET "status" = (CASE
    WHEN e."ready_at" IS NULL OR r."total" = 0 THEN 'failed'
    WHEN r."total" = r."stopped" THEN 'stopped'
    ELSE 'running' END)::"environment_status", "next_check_at" = now()
FROM "environment" x CROSS JOIN LATERAL (SELECT count(*) AS "total", count(*) FILTER (WHERE "status" = 'stopped') AS "stopped"
  FROM "resource" WHERE "environment_id" = x."id") r
WHERE x."id" = e."id" AND e."status" IN ('provisioning', 'changing', 'destroying') AND e."destroyed_at" IS NULL
  AND NOT EXISTS (SELECT 1 FROM "run" u WHERE u."environment_id" = e."id" AND u."status" IN ('queued', 'running', 'parked'));

-- No other moves than those of the state machines: npx tsx scripts/state-machines.ts --sql
CREATE FUNCTION rostrum_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A % can''t go from % to %.', TG_ARGV[0], to_jsonb(OLD)->>TG_ARGV[1], to_jsonb(NEW)->>TG_ARGV[1]
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[1], CONSTRAINT = TG_NAME;
END $$;

-- The moves of its status are the machine's now.
CREATE OR REPLACE FUNCTION rostrum_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status IN ('draft', 'in_review') OR current_setting('rostrum.purge', true) = 'on' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a published version cannot be deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status NOT IN ('draft') AND (NEW.source, NEW.digest, NEW.version, NEW.template_id) IS DISTINCT FROM (OLD.source, OLD.digest, OLD.version, OLD.template_id) THEN
    RAISE EXCEPTION 'version % left draft and is immutable', OLD.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "environment_moves" AFTER UPDATE OF "status" ON "environment" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{pending provisioning,pending destroyed,provisioning running,provisioning failed,provisioning destroyed,running changing,running destroying,running failed,running destroyed,changing running,changing stopped,changing failed,changing destroyed,stopped changing,stopped destroying,stopped failed,stopped destroyed,failed provisioning,failed changing,failed destroying,failed running,failed stopped,failed destroyed,destroying destroyed,destroying failed,destroying running,destroying stopped}'))
EXECUTE FUNCTION rostrum_refuse_move('environment', 'status');

CREATE OR REPLACE TRIGGER "request_moves" AFTER UPDATE OF "status" ON "request" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{pending_approval approved,pending_approval rejected,pending_approval cancelled,pending_approval expired,approved running,running succeeded,running failed,running cancelled,failed running,cancelled running}'))
EXECUTE FUNCTION rostrum_refuse_move('request', 'status');

CREATE OR REPLACE TRIGGER "run_moves" AFTER UPDATE OF "status" ON "run" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{queued running,running parked,running succeeded,running failed,running unknown,running cancelled,parked running,failed queued,unknown queued,cancelled queued}'))
EXECUTE FUNCTION rostrum_refuse_move('run', 'status');

CREATE OR REPLACE TRIGGER "step_moves" AFTER UPDATE OF "status" ON "step" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{pending running,running succeeded,running skipped,running failed,running waiting,running unknown,running cancelled,waiting running,waiting succeeded,waiting skipped,waiting failed,waiting unknown,waiting cancelled,failed pending,unknown running,cancelled pending,cancelled running}'))
EXECUTE FUNCTION rostrum_refuse_move('step', 'status');

CREATE OR REPLACE TRIGGER "reservation_moves" AFTER UPDATE OF "state" ON "reservation" FOR EACH ROW
WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."state" || ' ' || NEW."state") <> ALL ('{reserved converted,reserved released,converted released,released reserved,released converted}'))
EXECUTE FUNCTION rostrum_refuse_move('reservation', 'state');

CREATE OR REPLACE TRIGGER "backup_moves" AFTER UPDATE OF "status" ON "backup" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{running succeeded,running failed,succeeded deleted,failed succeeded,failed deleted}'))
EXECUTE FUNCTION rostrum_refuse_move('backup', 'status');

CREATE OR REPLACE TRIGGER "template_version_moves" AFTER UPDATE OF "status" ON "template_version" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{draft in_review,in_review published,in_review draft,published deprecated,published retired,deprecated retired}'))
EXECUTE FUNCTION rostrum_refuse_move('template version', 'status');

CREATE OR REPLACE TRIGGER "incident_moves" AFTER UPDATE OF "status" ON "incident" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND (OLD."status" || ' ' || NEW."status") <> ALL ('{open resolved,resolved open}'))
EXECUTE FUNCTION rostrum_refuse_move('incident', 'status');
