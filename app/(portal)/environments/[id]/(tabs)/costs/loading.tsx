"use client";

import { CardSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

const figures = ["so far", "forecast", "monthly", "total"];

export default function Loading() {
  return (
    <SkeletonRegion label="Loading costs">
      <div className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
          {figures.map((figure) => (
            <CardSkeleton key={figure} lines={1} />
          ))}
        </div>
        <TableSkeleton rows={6} columns={4} />
      </div>
    </SkeletonRegion>
  );
}
