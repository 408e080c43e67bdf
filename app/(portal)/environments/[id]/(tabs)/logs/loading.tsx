"use client";

import { ChartSkeleton, Skeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading log">
      <div className="grid gap-3">
        <Skeleton className="h-9.5 w-60" />
        <ChartSkeleton height={610} />
      </div>
    </SkeletonRegion>
  );
}
