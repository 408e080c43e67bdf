"use client";

import { Page } from "@/components/ui/page-header";
import { AsideSkeleton, CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading cloud">
      <Page>
        <PageHeaderSkeleton />
        <AsideSkeleton aside={<CardSkeleton lines={12} />}>
          <CardSkeleton lines={2} />
          <CardSkeleton lines={5} />
        </AsideSkeleton>
      </Page>
    </SkeletonRegion>
  );
}
