"use client";

import { SkeletonRegion, TableSkeleton, ToolbarSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading project">
      <div className="grid gap-3">
        <ToolbarSkeleton />
        <TableSkeleton />
      </div>
    </SkeletonRegion>
  );
}
