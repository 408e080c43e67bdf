"use client";

import { CardSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading activity">
      <div className="grid max-w-3xl gap-4">
        <CardSkeleton lines={9} />
      </div>
    </SkeletonRegion>
  );
}
