"use client";

import { SkeletonRegion, StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading insights">
      <div className="grid gap-5">
        <StatRowSkeleton />
        <TableSkeleton columns={7} />
      </div>
    </SkeletonRegion>
  );
}
