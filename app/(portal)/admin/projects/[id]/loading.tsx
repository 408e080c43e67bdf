"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { AsideSkeleton, CardSkeleton, StatRowSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading project">
      <StatRowSkeleton stats={5} />
      <AsideSkeleton aside={<CardSkeleton lines={10} />}>
        <CardSkeleton lines={6} />
      </AsideSkeleton>
    </PageSkeleton>
  );
}
