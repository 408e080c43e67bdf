"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { AsideSkeleton, CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading request">
      <AsideSkeleton
        aside={
          <>
            <CardSkeleton lines={1} />
            <CardSkeleton lines={4} />
            <CardSkeleton lines={5} />
          </>
        }
      >
        <CardSkeleton lines={3} />
        <CardSkeleton lines={5} />
        <CardSkeleton lines={6} />
      </AsideSkeleton>
    </PageSkeleton>
  );
}
