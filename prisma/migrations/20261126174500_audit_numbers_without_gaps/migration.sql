-- An audit event's number is one above the event before it. The sequence was drawn from twice per event (by the
-- column's default and by the trigger) and by transactions that rolled back: an auditor saw numbers that looked
-- taken away. The lock is held to the end of the transaction, so two events never get one number.
CREATE OR REPLACE FUNCTION rostrum_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_seq bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7266021);
  SELECT a.seq, a.hash INTO last_seq, NEW.prev_hash FROM "audit_event" a ORDER BY a.seq DESC LIMIT 1;
  NEW.seq := coalesce(last_seq, 0) + 1;
  NEW.prev_hash := coalesce(NEW.prev_hash, '');
  NEW.hash := rostrum_audit_hash(NEW.prev_hash, NEW);
  RETURN NEW;
END $$;
