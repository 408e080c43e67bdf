"use client";

import { CardSkeleton, SkeletonRegion, StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading costs">
      <div className="grid gap-5">
        <StatRowSkeleton stats={3} />
        <CardSkeleton lines={8} />
        <TableSkeleton rows={6} columns={3} />
      </div>
    </SkeletonRegion>
  );
}
