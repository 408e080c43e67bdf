-- DropIndex
DROP INDEX "plan_request_id_key";

-- DropIndex
DROP INDEX "approval_request_id_key";

-- CreateIndex
CREATE INDEX "plan_request_id_idx" ON "plan"("request_id");

-- CreateIndex
CREATE INDEX "approval_request_id_idx" ON "approval"("request_id");
