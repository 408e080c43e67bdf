-- Not logged: after a crash of the server everybody may begin again.
CREATE UNLOGGED TABLE "rate_limit_count" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limit_count_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "rate_limit_count_expire_idx" ON "rate_limit_count"("expire");
