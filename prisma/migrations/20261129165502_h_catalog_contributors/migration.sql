-- AlterTable
ALTER TABLE "template_version" ADD COLUMN     "contributor_ids" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

-- Who wrote drafts so far, also those that somebody else replaced later.
UPDATE "template_version" v SET "contributor_ids" = ARRAY(
  SELECT v.author_id WHERE v.author_id IS NOT NULL
  UNION
  SELECT a.actor_id FROM "audit_event" a
   WHERE a.object_id = v.id AND a.action = 'template.import' AND a.outcome = 'allowed' AND a.actor_id IS NOT NULL);

-- Nobody leaves the list of a version's contributors, and nobody joins it once it left draft.
CREATE FUNCTION rostrum_contributors_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT OLD.contributor_ids <@ NEW.contributor_ids
    OR (OLD.status <> 'draft' AND NOT NEW.contributor_ids <@ OLD.contributor_ids) THEN
    RAISE EXCEPTION 'contributors of a version are never removed, and added to a draft alone'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "template_version_contributors_stay" BEFORE UPDATE OF "contributor_ids" ON "template_version"
  FOR EACH ROW EXECUTE FUNCTION rostrum_contributors_stay();
