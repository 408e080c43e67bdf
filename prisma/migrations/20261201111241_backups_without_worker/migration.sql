-- AlterTable
ALTER TABLE "backup" DROP COLUMN "worker_id";
