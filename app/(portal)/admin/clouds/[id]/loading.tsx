"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { AsideSkeleton, CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading cloud">
      <AsideSkeleton aside={<CardSkeleton lines={12} />}>
        <CardSkeleton lines={2} />
        <CardSkeleton lines={5} />
      </AsideSkeleton>
    </PageSkeleton>
  );
}
