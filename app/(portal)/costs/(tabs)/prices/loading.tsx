"use client";

import { SkeletonRegion, StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading price book">
      <div className="grid gap-5">
        <StatRowSkeleton stats={3} />
        <TableSkeleton rows={3} />
      </div>
    </SkeletonRegion>
  );
}
