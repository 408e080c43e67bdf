-- Pages of living environments by name, cost and end of lease begin where they are cut, instead of with all of them.
DROP INDEX "environment_name_search_idx";
CREATE INDEX "environment_living_name_idx" ON "environment" ("name", "id") WHERE "destroyed_at" IS NULL;
CREATE INDEX "environment_living_cost_idx" ON "environment" ((coalesce("monthly_cost", 0)), "id") WHERE "destroyed_at" IS NULL;
CREATE INDEX "environment_living_lease_idx" ON "environment" ((coalesce("lease_ends_at", 'infinity')), "id") WHERE "destroyed_at" IS NULL;
