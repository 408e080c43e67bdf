-- AlterTable
ALTER TABLE "daily_cost" DROP CONSTRAINT "daily_cost_pkey",
ADD CONSTRAINT "daily_cost_pkey" PRIMARY KEY ("day", "environment_id", "component", "meter", "currency", "project_id", "cost_center_id", "owner_id", "template_id", "cloud_id");

-- CreateTable
CREATE TABLE "metered_hour" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "records" INTEGER NOT NULL,
    "metered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "metered_hour_pkey" PRIMARY KEY ("hour")
);

-- CreateIndex
CREATE INDEX "daily_cost_cost_center_id_day_idx" ON "daily_cost"("cost_center_id", "day");
