"use client";

import { SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading statements">
      <TableSkeleton rows={6} columns={4} />
    </SkeletonRegion>
  );
}
