-- Live updates: listeners hear which events a statement wrote, in bundles. One notification for each event cost a run's
-- end more than its rows. At most 60 pairs of id and topic stay below the 8,000 bytes that a notification may have.
DROP TRIGGER "event_notify" ON "event";
CREATE OR REPLACE FUNCTION rostrum_event_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('rostrum_event', bundle.content) FROM (
    SELECT json_agg(json_build_array(id::text, topic) ORDER BY id)::text AS content
    FROM (SELECT id, topic, (row_number() OVER (ORDER BY id) - 1) / 60 AS part FROM written) numbered
    GROUP BY part ORDER BY part) bundle;
  RETURN NULL;
END $$;
CREATE TRIGGER "event_notify" AFTER INSERT ON "event" REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION rostrum_event_notify();
