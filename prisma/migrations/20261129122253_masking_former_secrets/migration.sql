-- CreateTable
CREATE TABLE "former_secret" (
    "id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "shape" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "former_secret_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "former_secret_environment_id_retired_at_idx" ON "former_secret"("environment_id", "retired_at");

-- AddForeignKey
ALTER TABLE "former_secret" ADD CONSTRAINT "former_secret_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A secret that is replaced or removed is kept, sealed as it was: what was printed while it was in use stays masked. Texts sealed
-- anew with another key are the same secrets. An environment that is being deleted keeps nothing.
CREATE FUNCTION rostrum_keep_former_secret() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept_shape text;
  kept_sealed text;
BEGIN
  IF current_setting('rostrum.reseal', true) = 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME = 'environment_secret' THEN
    -- Values of parameters (component '') are JSON, generated ones are plain texts.
    kept_shape := CASE WHEN OLD.component = '' THEN 'json' ELSE 'value' END;
    kept_sealed := OLD.sealed;
  ELSE
    kept_shape := 'published';
    kept_sealed := OLD.sealed_outputs;
  END IF;
  INSERT INTO former_secret (id, environment_id, shape, sealed)
  SELECT 'sec_' || replace(gen_random_uuid()::text, '-', ''), e.id, kept_shape, kept_sealed FROM environment e
  WHERE e.id = OLD.environment_id AND e.destroyed_at IS NULL AND kept_sealed IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "environment_secret_replaced" AFTER UPDATE OF "sealed" ON "environment_secret" FOR EACH ROW
  WHEN (OLD."sealed" IS DISTINCT FROM NEW."sealed") EXECUTE FUNCTION rostrum_keep_former_secret();
CREATE TRIGGER "environment_secret_removed" AFTER DELETE ON "environment_secret" FOR EACH ROW
  EXECUTE FUNCTION rostrum_keep_former_secret();
CREATE TRIGGER "resource_outputs_replaced" AFTER UPDATE OF "sealed_outputs" ON "resource" FOR EACH ROW
  WHEN (OLD."desired_digest" IS DISTINCT FROM NEW."desired_digest") EXECUTE FUNCTION rostrum_keep_former_secret();
CREATE TRIGGER "resource_outputs_removed" AFTER DELETE ON "resource" FOR EACH ROW
  EXECUTE FUNCTION rostrum_keep_former_secret();

-- Nothing of a destroyed environment can print any more.
CREATE FUNCTION rostrum_forget_former_secrets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM former_secret WHERE environment_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "environment_destroyed_forgets" AFTER UPDATE OF "destroyed_at" ON "environment" FOR EACH ROW
  WHEN (OLD."destroyed_at" IS NULL AND NEW."destroyed_at" IS NOT NULL) EXECUTE FUNCTION rostrum_forget_former_secrets();
