-- CreateTable
CREATE TABLE "job_turn" (
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "error" TEXT,

    CONSTRAINT "job_turn_pkey" PRIMARY KEY ("name")
);
