"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { AsideSkeleton, CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading home">
      <AsideSkeleton
        aside={
          <>
            <CardSkeleton lines={4} />
            <CardSkeleton lines={4} />
          </>
        }
      >
        <CardSkeleton lines={4} />
        <CardSkeleton lines={8} />
      </AsideSkeleton>
    </PageSkeleton>
  );
}
