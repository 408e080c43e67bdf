-- AlterTable
ALTER TABLE "resource" ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "passes" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "incident" ADD COLUMN     "occurrences" INTEGER NOT NULL DEFAULT 1;
