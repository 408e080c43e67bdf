-- What the schema language cannot say: partial keys, append-only tables, the audit chain.

-- A name is taken only while the environment lives.
CREATE UNIQUE INDEX "environment_living_name_key" ON "environment" ("project_id", "name") WHERE "destroyed_at" IS NULL;

-- One run at a time per environment.
CREATE UNIQUE INDEX "run_active_key" ON "run" ("environment_id") WHERE "status" IN ('queued', 'running', 'parked');

-- The sweeper's view of what is due, and of leases that ran out.
CREATE INDEX "run_due_idx" ON "run" ("wake_at") WHERE "status" IN ('queued', 'parked');
CREATE INDEX "run_lease_idx" ON "run" ("lease_until") WHERE "status" = 'running';
CREATE INDEX "incident_open_idx" ON "incident" ("environment_id", "component") WHERE "closed_at" IS NULL;

-- One open incident per component and kind.
CREATE UNIQUE INDEX "incident_open_key" ON "incident" ("environment_id", "component", "kind") WHERE "closed_at" IS NULL;

-- One default price book.
CREATE UNIQUE INDEX "price_book_default_key" ON "price_book" ("is_default") WHERE "is_default";

-- Search in lists.
CREATE INDEX "environment_name_search_idx" ON "environment" (lower("name") text_pattern_ops);

-- Append-only tables. Removing the demo organisation is the one exception: it sets rostrum.purge for its transaction.
CREATE FUNCTION rostrum_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('rostrum.purge', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER "plan_append_only" BEFORE UPDATE OR DELETE ON "plan" FOR EACH ROW EXECUTE FUNCTION rostrum_append_only();
CREATE TRIGGER "approval_append_only" BEFORE UPDATE OR DELETE ON "approval" FOR EACH ROW EXECUTE FUNCTION rostrum_append_only();
CREATE TRIGGER "price_append_only" BEFORE UPDATE OR DELETE ON "price" FOR EACH ROW EXECUTE FUNCTION rostrum_append_only();
CREATE TRIGGER "usage_record_append_only" BEFORE UPDATE OR DELETE ON "usage_record" FOR EACH ROW EXECUTE FUNCTION rostrum_append_only();
CREATE TRIGGER "charge_append_only" BEFORE UPDATE OR DELETE ON "charge" FOR EACH ROW EXECUTE FUNCTION rostrum_append_only();
CREATE TRIGGER "statement_append_only" BEFORE UPDATE OR DELETE ON "statement" FOR EACH ROW EXECUTE FUNCTION rostrum_append_only();

-- A version that left review is what it is; only its status, review and dates move on.
CREATE FUNCTION rostrum_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status IN ('draft', 'in_review') OR current_setting('rostrum.purge', true) = 'on' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a published version cannot be deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status NOT IN ('draft') AND (NEW.source, NEW.digest, NEW.version, NEW.template_id) IS DISTINCT FROM (OLD.source, OLD.digest, OLD.version, OLD.template_id) THEN
    RAISE EXCEPTION 'version % left draft and is immutable', OLD.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status IN ('published', 'deprecated', 'retired') AND NEW.status IN ('draft', 'in_review') THEN
    RAISE EXCEPTION 'a published version cannot become a draft again' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "template_version_immutable" BEFORE UPDATE OR DELETE ON "template_version" FOR EACH ROW EXECUTE FUNCTION rostrum_version_immutable();

-- The audit chain: every event's hash covers the hash before it. The lock makes the chain one line; events are
-- inserted as the last statement of their transaction so that it is held shortly.
CREATE FUNCTION rostrum_audit_hash(prev text, e "audit_event") RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n', prev, e.id,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    coalesce(e.actor_id, ''), e.actor_label, e.via, e.action, e.object_type, e.object_id, coalesce(e.project_id, ''),
    e.outcome, e.detail::text, e.request_id, e.ip), 'UTF8')), 'hex')
$$;

CREATE FUNCTION rostrum_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7266021);
  NEW.seq := nextval(pg_get_serial_sequence('audit_event', 'seq'));
  SELECT a.hash INTO NEW.prev_hash FROM "audit_event" a ORDER BY a.seq DESC LIMIT 1;
  NEW.prev_hash := coalesce(NEW.prev_hash, '');
  NEW.hash := rostrum_audit_hash(NEW.prev_hash, NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_event_chain" BEFORE INSERT ON "audit_event" FOR EACH ROW EXECUTE FUNCTION rostrum_audit_chain();

CREATE FUNCTION rostrum_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER "audit_event_append_only" BEFORE UPDATE OR DELETE ON "audit_event" FOR EACH ROW EXECUTE FUNCTION rostrum_audit_refuse();
CREATE TRIGGER "audit_event_no_truncate" BEFORE TRUNCATE ON "audit_event" FOR EACH STATEMENT EXECUTE FUNCTION rostrum_audit_refuse();

-- Live updates: a listener hears the id, topic and kind as soon as the transaction commits.
CREATE FUNCTION rostrum_event_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('rostrum_event', json_build_object('id', NEW.id::text, 'topic', NEW.topic, 'kind', NEW.kind)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER "event_notify" AFTER INSERT ON "event" FOR EACH ROW EXECUTE FUNCTION rostrum_event_notify();
