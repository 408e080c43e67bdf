-- CreateTable
CREATE TABLE "cost_sum" (
    "dimension" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "key" TEXT NOT NULL,
    "amount" DECIMAL(24,10) NOT NULL,
    "entries" INTEGER NOT NULL,

    CONSTRAINT "cost_sum_pkey" PRIMARY KEY ("dimension","project_id","currency","day","key")
);

-- CreateTable
CREATE TABLE "unpriced_usage" (
    "environment_id" TEXT NOT NULL,
    "usage_record_id" TEXT NOT NULL,

    CONSTRAINT "unpriced_usage_pkey" PRIMARY KEY ("environment_id","usage_record_id")
);

-- CreateIndex
CREATE INDEX "approval_created_at_idx" ON "approval"("created_at" DESC);

-- The sums by dimension are kept by whoever writes daily costs: statement triggers with transition tables, so that an hour of
-- many environments costs one upsert. An upsert of daily costs fires both triggers, each with its own rows.
CREATE FUNCTION rostrum_cost_sums(changes "daily_cost"[], sign integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "cost_sum" AS s (dimension, project_id, currency, day, key, amount, entries)
  SELECT k.dimension, scope.id, d.currency, d.day, k.key, sum(d.amount) * sign, sum(d.entries)::int * sign
  FROM (
    SELECT day, currency, project_id, cost_center_id, template_id, cloud_id, owner_id, component, sum(amount) AS amount,
      count(*) AS entries FROM unnest(changes) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) d
  CROSS JOIN LATERAL (VALUES ('project', d.project_id), ('cost-center', d.cost_center_id), ('template', d.template_id),
    ('cloud', d.cloud_id), ('owner', d.owner_id), ('component', d.component)) AS k(dimension, key)
  CROSS JOIN LATERAL (VALUES (''), (d.project_id)) AS scope(id)
  GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (dimension, project_id, currency, day, key)
    DO UPDATE SET amount = s.amount + excluded.amount, entries = s.entries + excluded.entries
$$;

CREATE FUNCTION rostrum_daily_cost_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rostrum_cost_sums((SELECT array_agg(ROW(a.*)::"daily_cost") FROM after_rows a), 1);
  RETURN NULL;
END $$;
CREATE TRIGGER "daily_cost_inserted" AFTER INSERT ON "daily_cost"
  REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION rostrum_daily_cost_inserted();

CREATE FUNCTION rostrum_daily_cost_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rostrum_cost_sums((SELECT array_agg(ROW(b.*)::"daily_cost") FROM before_rows b), -1);
  PERFORM rostrum_cost_sums((SELECT array_agg(ROW(a.*)::"daily_cost") FROM after_rows a), 1);
  RETURN NULL;
END $$;
CREATE TRIGGER "daily_cost_updated" AFTER UPDATE ON "daily_cost"
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION rostrum_daily_cost_updated();

CREATE FUNCTION rostrum_daily_cost_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rostrum_cost_sums((SELECT array_agg(ROW(b.*)::"daily_cost") FROM before_rows b), -1);
  DELETE FROM "cost_sum" WHERE entries = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER "daily_cost_deleted" AFTER DELETE ON "daily_cost"
  REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION rostrum_daily_cost_deleted();

-- What is there already.
DO $$
DECLARE one date;
BEGIN
  FOR one IN SELECT DISTINCT day FROM "daily_cost" LOOP
    PERFORM rostrum_cost_sums((SELECT array_agg(d) FROM "daily_cost" d WHERE d.day = one), 1);
  END LOOP;
END $$;
INSERT INTO "unpriced_usage" (environment_id, usage_record_id)
SELECT u.environment_id, u.id FROM "usage_record" u WHERE NOT EXISTS (SELECT 1 FROM "charge" c WHERE c.usage_record_id = u.id);

-- Counted on many screens: from the index alone.
CREATE INDEX "environment_living_idx" ON "environment" ("project_id", "status", "health") WHERE "destroyed_at" IS NULL;
CREATE INDEX "environment_living_version_idx" ON "environment" ("template_version_id") WHERE "destroyed_at" IS NULL;
CREATE INDEX "resource_held_idx" ON "resource" ("cloud_id") INCLUDE ("environment_id", "cpu", "memory_bytes", "storage_bytes", "replicas");
CREATE INDEX "notification_unread_idx" ON "notification" ("user_id") WHERE "read_at" IS NULL;
