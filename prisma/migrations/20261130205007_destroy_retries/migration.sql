-- AlterTable
ALTER TABLE "environment" ADD COLUMN     "destroy_retry_at" TIMESTAMPTZ(3);

-- Partial: nearly no environment has one.
CREATE INDEX "environment_destroy_retry_at_idx" ON "environment"("destroy_retry_at") WHERE "destroy_retry_at" IS NOT NULL;

-- What failed before this version is retried as well.
UPDATE "environment" e SET "destroy_retry_at" = now() + interval '5 minutes' FROM "run" u
WHERE u."id" = e."failed_run_id" AND u."kind" = 'destroy' AND u."status" IN ('failed', 'unknown')
  AND e."destroyed_at" IS NULL AND NOT e."is_demo"
  AND EXISTS (SELECT 1 FROM "step" s WHERE s."run_id" = u."id" AND s."action" IN ('delete', 'cleanup') AND s."attempts" > 0);
