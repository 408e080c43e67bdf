"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { AsideSkeleton, CardSkeleton, ChartSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading version">
      <AsideSkeleton
        aside={
          <>
            <CardSkeleton lines={2} />
            <CardSkeleton lines={3} />
          </>
        }
      >
        <ChartSkeleton height={600} />
      </AsideSkeleton>
    </PageSkeleton>
  );
}
