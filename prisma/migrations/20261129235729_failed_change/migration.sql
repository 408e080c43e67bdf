-- AlterTable
ALTER TABLE "environment" ADD COLUMN     "failed_run_id" TEXT;

-- CreateIndex
CREATE INDEX "environment_failed_run_id_idx" ON "environment"("failed_run_id");

-- A change that failed took a serving environment's status: it is running again, and the failure is told beside it.
UPDATE "environment" e SET "failed_run_id" = r."id"
FROM (
  SELECT DISTINCT ON ("environment_id") "environment_id", "id", "status" FROM "run"
  WHERE "kind" NOT IN ('heal', 'action', 'extend') ORDER BY "environment_id", "created_at" DESC
) r
WHERE r."environment_id" = e."id" AND e."destroyed_at" IS NULL AND r."status" IN ('failed', 'unknown', 'cancelled')
  AND e."status" IN ('failed', 'running', 'stopped');

UPDATE "environment" e SET "status" = 'running', "next_check_at" = now()
FROM "run" r
WHERE r."id" = e."failed_run_id" AND e."status" = 'failed' AND e."ready_at" IS NOT NULL AND r."kind" <> 'destroy'
  AND NOT e."is_demo" AND EXISTS (SELECT 1 FROM "resource" x WHERE x."environment_id" = e."id");
