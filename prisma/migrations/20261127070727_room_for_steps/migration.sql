-- Every step is updated at least twice: with room on its page an update writes no index.
ALTER TABLE "step" SET (fillfactor = 60);

-- "resource_held_idx" begins with the same column.
DROP INDEX "resource_cloud_id_idx";
