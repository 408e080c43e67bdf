-- Nothing ever asked for these two; a row that has one all the same keeps a kind that comes nearest.
CREATE TYPE "request_kind_new" AS ENUM ('create', 'update', 'stop', 'start', 'restart', 'repair', 'heal', 'extend', 'restore', 'action', 'destroy');
ALTER TABLE "request" ALTER COLUMN "kind" TYPE "request_kind_new"
  USING (CASE "kind"::text WHEN 'scale' THEN 'update' WHEN 'backup' THEN 'action' ELSE "kind"::text END)::"request_kind_new";
ALTER TABLE "run" ALTER COLUMN "kind" TYPE "request_kind_new"
  USING (CASE "kind"::text WHEN 'scale' THEN 'update' WHEN 'backup' THEN 'action' ELSE "kind"::text END)::"request_kind_new";
ALTER TYPE "request_kind" RENAME TO "request_kind_old";
ALTER TYPE "request_kind_new" RENAME TO "request_kind";
DROP TYPE "request_kind_old";
