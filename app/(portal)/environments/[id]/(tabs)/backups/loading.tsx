"use client";

import { CardSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading backups">
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <TableSkeleton rows={6} columns={4} />
        <CardSkeleton />
      </div>
    </SkeletonRegion>
  );
}
