-- A new row begins as its state machine does: npx tsx scripts/state-machines.ts --sql
CREATE FUNCTION rostrum_refuse_beginning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A % can''t begin as %.', TG_ARGV[0], to_jsonb(NEW)->>TG_ARGV[1]
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[1], CONSTRAINT = TG_NAME;
END $$;

CREATE OR REPLACE TRIGGER "environment_begins" AFTER INSERT ON "environment" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{pending}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('environment', 'status');

CREATE OR REPLACE TRIGGER "request_begins" AFTER INSERT ON "request" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{pending_approval,approved}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('request', 'status');

CREATE OR REPLACE TRIGGER "run_begins" AFTER INSERT ON "run" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{queued}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('run', 'status');

CREATE OR REPLACE TRIGGER "step_begins" AFTER INSERT ON "step" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{pending}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('step', 'status');

CREATE OR REPLACE TRIGGER "reservation_begins" AFTER INSERT ON "reservation" FOR EACH ROW
WHEN (NEW."state" <> ALL ('{reserved}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('reservation', 'state');

CREATE OR REPLACE TRIGGER "backup_begins" AFTER INSERT ON "backup" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{running}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('backup', 'status');

CREATE OR REPLACE TRIGGER "template_version_begins" AFTER INSERT ON "template_version" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{draft,published}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('template version', 'status');

CREATE OR REPLACE TRIGGER "incident_begins" AFTER INSERT ON "incident" FOR EACH ROW
WHEN (NEW."status" <> ALL ('{open}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION rostrum_refuse_beginning('incident', 'status');
