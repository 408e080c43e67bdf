-- AlterTable
ALTER TABLE "backup" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "lease_until" TIMESTAMPTZ(3),
ADD COLUMN     "worker_id" TEXT;

-- CreateTable
CREATE TABLE "resource_history" (
    "id" BIGSERIAL NOT NULL,
    "resource_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "cloud_id" TEXT NOT NULL,
    "running" BOOLEAN NOT NULL,
    "cpu" DECIMAL(12,3) NOT NULL,
    "memory_bytes" BIGINT NOT NULL,
    "storage_bytes" BIGINT NOT NULL,
    "replicas" INTEGER NOT NULL,
    "project_id" TEXT NOT NULL,
    "cost_center_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "template_version_id" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_to" TIMESTAMPTZ(3),

    CONSTRAINT "resource_history_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "resource_history_environment_id_idx" ON "resource_history"("environment_id");

-- CreateIndex
CREATE INDEX "resource_history_resource_id_idx" ON "resource_history"("resource_id");

-- CreateIndex
CREATE INDEX "resource_history_valid_to_idx" ON "resource_history"("valid_to");

-- What was held when, by whom. Statement triggers with transition tables, so that a batch of a thousand steps costs one
-- insert. An upsert fires both the insert's and the update's trigger, each with its own rows.
CREATE FUNCTION rostrum_history_open(opened timestamptz, ids text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "resource_history" (resource_id, environment_id, component, cloud_id, running, cpu, memory_bytes, storage_bytes,
    replicas, project_id, cost_center_id, owner_id, template_version_id, valid_from)
  SELECT r.id, r.environment_id, r.component, r.cloud_id, r.status <> 'stopped', r.cpu, r.memory_bytes, r.storage_bytes,
    r.replicas, e.project_id, p.cost_center_id, e.owner_id, e.template_version_id, coalesce(opened, r.created_at)
  FROM "resource" r JOIN "environment" e ON e.id = r.environment_id JOIN "project" p ON p.id = e.project_id
  WHERE r.id = ANY(ids)
$$;

CREATE FUNCTION rostrum_history_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rostrum_history_open(NULL, (SELECT array_agg(id) FROM added));
  RETURN NULL;
END $$;
CREATE TRIGGER "resource_history_inserted" AFTER INSERT ON "resource"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rostrum_history_inserted();

CREATE FUNCTION rostrum_history_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  SELECT array_agg(a.id) INTO ids FROM after_rows a JOIN before_rows b USING (id)
  WHERE (a.cpu, a.memory_bytes, a.storage_bytes, a.replicas, a.cloud_id, a.status = 'stopped')
    IS DISTINCT FROM (b.cpu, b.memory_bytes, b.storage_bytes, b.replicas, b.cloud_id, b.status = 'stopped');
  IF ids IS NULL THEN RETURN NULL; END IF;
  UPDATE "resource_history" SET valid_to = greatest(now(), valid_from) WHERE resource_id = ANY(ids) AND valid_to IS NULL;
  PERFORM rostrum_history_open(now(), ids);
  RETURN NULL;
END $$;
CREATE TRIGGER "resource_history_updated" AFTER UPDATE ON "resource"
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION rostrum_history_updated();

CREATE FUNCTION rostrum_history_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "resource_history" SET valid_to = greatest(now(), valid_from)
  WHERE resource_id IN (SELECT id FROM removed) AND valid_to IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER "resource_history_deleted" AFTER DELETE ON "resource"
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rostrum_history_deleted();

-- Another owner, project, version or cost center pays from here on.
CREATE FUNCTION rostrum_history_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  IF TG_TABLE_NAME = 'environment' THEN
    SELECT array_agg(id) INTO ids FROM "resource" WHERE environment_id = NEW.id;
  ELSE
    SELECT array_agg(r.id) INTO ids FROM "resource" r JOIN "environment" e ON e.id = r.environment_id WHERE e.project_id = NEW.id;
  END IF;
  IF ids IS NULL THEN RETURN NULL; END IF;
  UPDATE "resource_history" SET valid_to = greatest(now(), valid_from) WHERE resource_id = ANY(ids) AND valid_to IS NULL;
  PERFORM rostrum_history_open(now(), ids);
  RETURN NULL;
END $$;
CREATE TRIGGER "environment_history_owner" AFTER UPDATE ON "environment" FOR EACH ROW
  WHEN ((NEW.owner_id, NEW.project_id, NEW.template_version_id) IS DISTINCT FROM (OLD.owner_id, OLD.project_id, OLD.template_version_id))
  EXECUTE FUNCTION rostrum_history_owner();
CREATE TRIGGER "project_history_owner" AFTER UPDATE ON "project" FOR EACH ROW
  WHEN (NEW.cost_center_id IS DISTINCT FROM OLD.cost_center_id) EXECUTE FUNCTION rostrum_history_owner();

-- What is there already has been held since it was made.
SELECT rostrum_history_open(NULL, (SELECT array_agg(id) FROM "resource"));

-- One period lasts at a time; what the metering looks up.
CREATE UNIQUE INDEX "resource_history_open_key" ON "resource_history" ("resource_id") WHERE "valid_to" IS NULL;
