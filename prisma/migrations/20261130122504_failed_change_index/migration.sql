-- Partial: an environment whose last change went well, which is nearly every one, needs no entry that each update writes again.
DROP INDEX "environment_failed_run_id_idx";
CREATE INDEX "environment_failed_run_id_idx" ON "environment"("failed_run_id") WHERE "failed_run_id" IS NOT NULL;
