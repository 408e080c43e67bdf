-- AlterTable
ALTER TABLE "idempotency_record" ADD COLUMN     "claim_id" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "committed_at" TIMESTAMPTZ(3);
