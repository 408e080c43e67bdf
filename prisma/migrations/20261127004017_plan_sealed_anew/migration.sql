-- A plan stays what it is. Only what it keeps secret may be sealed anew, with another key, by who says so for the transaction.
CREATE FUNCTION rostrum_plan_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('rostrum.purge', true) = 'on' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND current_setting('rostrum.reseal', true) = 'on'
     AND OLD.sealed IS NOT NULL AND NEW.sealed IS NOT NULL AND to_jsonb(NEW) - 'sealed' = to_jsonb(OLD) - 'sealed' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

DROP TRIGGER "plan_append_only" ON "plan";
CREATE TRIGGER "plan_append_only" BEFORE UPDATE OR DELETE ON "plan" FOR EACH ROW EXECUTE FUNCTION rostrum_plan_append_only();
