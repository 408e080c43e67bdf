"use client";

import { CardSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading budgets">
      <CardSkeleton lines={8} />
    </SkeletonRegion>
  );
}
