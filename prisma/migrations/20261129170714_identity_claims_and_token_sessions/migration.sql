-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "unclaimed_email" TEXT;

-- AlterTable
ALTER TABLE "api_token" ADD COLUMN     "session_id" TEXT;

-- CreateIndex
CREATE INDEX "api_token_session_id_idx" ON "api_token"("session_id");

-- People whom single sign-on made: whether the provider had verified the address was not kept. It identifies nobody until the
-- provider or an administrator says so; the next sign-in with a verified one brings it back.
UPDATE "app_user" u SET "unclaimed_email" = u."email", "email" = u."id" || '@unverified.invalid'
  WHERE u."password_hash" IS NULL AND EXISTS (
    SELECT 1 FROM "account" a WHERE a."user_id" = u."id" AND a."created_at" - u."created_at" < interval '5 seconds');
