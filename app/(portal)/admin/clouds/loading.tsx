"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading clouds">
      <Page>
        <PageHeaderSkeleton />
        <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
          <CardSkeleton lines={4} />
          <CardSkeleton lines={4} />
        </div>
      </Page>
    </SkeletonRegion>
  );
}
