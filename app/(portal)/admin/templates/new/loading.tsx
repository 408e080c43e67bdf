"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { AsideSkeleton, CardSkeleton, ChartSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading editor">
      <AsideSkeleton aside={<CardSkeleton lines={4} />}>
        <ChartSkeleton height={600} />
      </AsideSkeleton>
    </PageSkeleton>
  );
}
