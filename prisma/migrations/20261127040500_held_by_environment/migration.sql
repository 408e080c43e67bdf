-- What every cloud holds is added up in one walk through this index: its environments come one after the other too.
DROP INDEX "resource_held_idx";
CREATE INDEX "resource_held_idx" ON "resource" ("cloud_id", "environment_id") INCLUDE ("cpu", "memory_bytes", "storage_bytes", "replicas");
