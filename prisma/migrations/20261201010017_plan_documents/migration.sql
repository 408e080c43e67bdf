-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "lease" JSONB,
ADD COLUMN     "placement" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "reasons" JSONB NOT NULL DEFAULT '[]';

-- They stood in the column of the cost. A plan is not altered: what is stored is only stored elsewhere.
ALTER TABLE "plan" DISABLE TRIGGER "plan_append_only";
UPDATE "plan" SET
  "lease" = CASE WHEN jsonb_typeof("cost"->'lease') = 'object' THEN "cost"->'lease' END,
  "placement" = CASE WHEN jsonb_typeof("cost"->'placement') = 'object' THEN "cost"->'placement' ELSE '{}' END,
  "reasons" = CASE WHEN jsonb_typeof("cost"->'reasons') = 'array' THEN "cost"->'reasons' ELSE '[]' END,
  "cost" = "cost" - 'lease' - 'placement' - 'reasons'
WHERE jsonb_typeof("cost") = 'object';
ALTER TABLE "plan" ENABLE TRIGGER "plan_append_only";
