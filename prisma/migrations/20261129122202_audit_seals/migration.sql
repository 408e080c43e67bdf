-- CreateTable
CREATE TABLE "audit_seal" (
    "number" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event_seq" BIGINT NOT NULL,
    "event_hash" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "mac" TEXT NOT NULL,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE INDEX "audit_seal_event_seq_idx" ON "audit_seal"("event_seq");

-- Seals follow each other without a gap and are never changed. The lock makes two sealers wait for each other.
CREATE FUNCTION rostrum_audit_seal_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7266022);
  IF NEW.number <> coalesce((SELECT max(s.number) FROM public.audit_seal s), 0) + 1 THEN
    RAISE EXCEPTION 'audit seal % does not follow the last one', NEW.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_seal_order" BEFORE INSERT ON "audit_seal" FOR EACH ROW EXECUTE FUNCTION rostrum_audit_seal_order();
CREATE TRIGGER "audit_seal_append_only" BEFORE UPDATE OR DELETE ON "audit_seal" FOR EACH ROW EXECUTE FUNCTION rostrum_audit_refuse();
CREATE TRIGGER "audit_seal_no_truncate" BEFORE TRUNCATE ON "audit_seal" FOR EACH STATEMENT EXECUTE FUNCTION rostrum_audit_refuse();

-- The search path is fixed: whoever inserts an event could otherwise show the trigger a temporary table of the same name
-- and choose what the event is chained to. A line break within a field would let two different events have one hash,
-- so each becomes a space (`detail` is JSON and has none).
CREATE OR REPLACE FUNCTION rostrum_audit_chain() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last_seq bigint;
BEGIN
  IF strpos(concat(NEW.id, NEW.actor_id, NEW.actor_label, NEW.via, NEW.action, NEW.object_type, NEW.object_id,
                   NEW.project_id, NEW.outcome, NEW.request_id, NEW.ip), E'\n') > 0 THEN
    NEW.id := translate(NEW.id, E'\n', ' ');
    NEW.actor_id := translate(NEW.actor_id, E'\n', ' ');
    NEW.actor_label := translate(NEW.actor_label, E'\n', ' ');
    NEW.via := translate(NEW.via, E'\n', ' ');
    NEW.action := translate(NEW.action, E'\n', ' ');
    NEW.object_type := translate(NEW.object_type, E'\n', ' ');
    NEW.object_id := translate(NEW.object_id, E'\n', ' ');
    NEW.project_id := translate(NEW.project_id, E'\n', ' ');
    NEW.outcome := translate(NEW.outcome, E'\n', ' ');
    NEW.request_id := translate(NEW.request_id, E'\n', ' ');
    NEW.ip := translate(NEW.ip, E'\n', ' ');
  END IF;
  PERFORM pg_advisory_xact_lock(7266021);
  SELECT a.seq, a.hash INTO last_seq, NEW.prev_hash FROM public.audit_event a ORDER BY a.seq DESC LIMIT 1;
  NEW.seq := coalesce(last_seq, 0) + 1;
  NEW.prev_hash := coalesce(NEW.prev_hash, '');
  NEW.hash := rostrum_audit_hash(NEW.prev_hash, NEW);
  RETURN NEW;
END $$;
