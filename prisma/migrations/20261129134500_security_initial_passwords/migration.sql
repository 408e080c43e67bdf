-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "password_ends_at" TIMESTAMPTZ(3);
