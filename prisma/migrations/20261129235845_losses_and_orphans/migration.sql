-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "losses" JSONB;

-- CreateTable
CREATE TABLE "ignored_orphan" (
    "cloud_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT '',
    "ignored_by_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ignored_orphan_pkey" PRIMARY KEY ("cloud_id","type","external_id")
);
