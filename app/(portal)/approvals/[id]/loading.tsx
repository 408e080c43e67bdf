"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading request">
      <Page narrow>
        <PageHeaderSkeleton />
        <div className="grid gap-3">
          <CardSkeleton lines={1} />
          <div className="grid grid-cols-2 gap-3">
            <CardSkeleton lines={1} />
            <CardSkeleton lines={1} />
          </div>
          <CardSkeleton lines={1} />
          <CardSkeleton lines={3} />
        </div>
      </Page>
    </SkeletonRegion>
  );
}
