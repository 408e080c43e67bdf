-- AlterTable
ALTER TABLE "upload" ADD COLUMN     "project_id" TEXT,
ALTER COLUMN "owner_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "upload_use" (
    "upload_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,

    CONSTRAINT "upload_use_pkey" PRIMARY KEY ("upload_id","request_id")
);

-- What plans and resources name so far. An upload that several projects use stays usable by those environments.
INSERT INTO "upload_use" ("upload_id", "request_id", "environment_id")
SELECT DISTINCT u.id, p.request_id, p.environment_id FROM "upload" u JOIN "plan" p
    ON strpos(p.parameters::text, '"' || u.id || '"') > 0
  JOIN "environment" e ON e.id = p.environment_id
UNION
SELECT DISTINCT u.id, r.id, s.environment_id FROM "upload" u
  JOIN "resource" s ON strpos(s.desired::text, '"' || u.id || '"') > 0
  JOIN LATERAL (SELECT id FROM "request" WHERE environment_id = s.environment_id ORDER BY created_at DESC LIMIT 1) r ON true;

-- An upload belongs to the project that used it first, else to one its uploader may upload to. One that nobody uses
-- and that has neither could never be used again.
UPDATE "upload" u SET "project_id" = coalesce(
  (SELECT e.project_id FROM "upload_use" x JOIN "environment" e ON e.id = x.environment_id
    WHERE x.upload_id = u.id ORDER BY e.created_at LIMIT 1),
  (SELECT m.project_id FROM "project_member" m WHERE m.user_id = u.owner_id AND m.role IN ('owner', 'developer')
    ORDER BY m.created_at LIMIT 1));
DELETE FROM "upload" WHERE "project_id" IS NULL;
ALTER TABLE "upload" ALTER COLUMN "project_id" SET NOT NULL;
UPDATE "upload" SET "owner_id" = NULL WHERE "owner_id" NOT IN (SELECT "id" FROM "app_user");

-- CreateIndex
CREATE INDEX "upload_use_environment_id_idx" ON "upload_use"("environment_id");

-- CreateIndex
CREATE INDEX "upload_created_at_idx" ON "upload"("created_at");

-- CreateIndex
CREATE INDEX "upload_project_id_idx" ON "upload"("project_id");

-- AddForeignKey
ALTER TABLE "upload" ADD CONSTRAINT "upload_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload" ADD CONSTRAINT "upload_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload_use" ADD CONSTRAINT "upload_use_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "upload"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload_use" ADD CONSTRAINT "upload_use_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
