"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading account">
      <Page>
        <PageHeaderSkeleton />
        <div className="grid gap-4 lg:grid-cols-2">
          <CardSkeleton lines={3} />
          <CardSkeleton lines={3} />
        </div>
        <CardSkeleton lines={3} />
        <CardSkeleton lines={3} />
      </Page>
    </SkeletonRegion>
  );
}
