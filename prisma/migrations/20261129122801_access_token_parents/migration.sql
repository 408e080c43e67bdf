-- AlterTable
ALTER TABLE "api_token" ADD COLUMN     "parent_id" TEXT;

-- CreateIndex
CREATE INDEX "api_token_parent_id_idx" ON "api_token"("parent_id");

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "api_token"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A token made with a token may do no more than that one and ends no later. The lock makes making and revoking wait for each other.
CREATE FUNCTION rostrum_token_parent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent "api_token";
BEGIN
  SELECT * INTO parent FROM "api_token" WHERE "id" = NEW."parent_id" FOR SHARE;
  IF parent."revoked_at" IS NOT NULL OR parent."expires_at" <= now() THEN
    RAISE EXCEPTION 'token % has ended and makes no other' , parent."id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF parent."user_id" <> NEW."user_id" OR parent."expires_at" < coalesce(NEW."expires_at", 'infinity')
    OR NOT ('admin' = ANY (parent."scopes") OR NEW."scopes" <@ (parent."scopes" || 'read'::text)) THEN
    RAISE EXCEPTION 'a token may do no more than token %, which makes it', parent."id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "api_token_parent" BEFORE INSERT OR UPDATE OF "parent_id", "user_id", "scopes" ON "api_token"
  FOR EACH ROW WHEN (NEW."parent_id" IS NOT NULL) EXECUTE FUNCTION rostrum_token_parent();

-- Whoever ends a token, by whatever way, ends what it made.
CREATE FUNCTION rostrum_token_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "api_token" SET
    "revoked_at" = coalesce("revoked_at", NEW."revoked_at"),
    "expires_at" = least("expires_at", NEW."expires_at")
  WHERE "parent_id" = NEW."id"
    AND (("revoked_at" IS NULL AND NEW."revoked_at" IS NOT NULL) OR NEW."expires_at" < coalesce("expires_at", 'infinity'));
  RETURN NULL;
END $$;
CREATE TRIGGER "api_token_children" AFTER UPDATE OF "revoked_at", "expires_at" ON "api_token"
  FOR EACH ROW WHEN ((OLD."revoked_at", OLD."expires_at") IS DISTINCT FROM (NEW."revoked_at", NEW."expires_at"))
  EXECUTE FUNCTION rostrum_token_children();
