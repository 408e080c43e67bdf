"use client";

import { Page } from "@/components/ui/page-header";
import { AsideSkeleton, CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading request">
      <Page>
        <PageHeaderSkeleton />
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
      </Page>
    </SkeletonRegion>
  );
}
