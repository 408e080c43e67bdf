-- CreateEnum
CREATE TYPE "step_action" AS ENUM ('create', 'update', 'replace', 'delete', 'no-op', 'stop', 'start', 'restart', 'recover', 'repair', 'recreate', 'restore', 'backup', 'run', 'copy', 'settle', 'cleanup', 'verify');

-- AlterTable: a run has the kind of its request; without one, a kind that nothing knows changed the environment in some way.
UPDATE "run" u SET "kind" = q."kind"::text FROM "request" q
WHERE q."id" = u."request_id" AND u."kind" <> ALL (enum_range(NULL::"request_kind")::text[]);
ALTER TABLE "run" ALTER COLUMN "kind" TYPE "request_kind"
  USING (CASE WHEN "kind" = ANY (enum_range(NULL::"request_kind")::text[]) THEN "kind" ELSE 'update' END)::"request_kind";

-- AlterTable: an action that no version knows any more changed its component in some way.
ALTER TABLE "step" ALTER COLUMN "action" TYPE "step_action"
  USING (CASE WHEN "action" = ANY (enum_range(NULL::"step_action")::text[]) THEN "action" ELSE 'update' END)::"step_action";
