"use client";

import { Page } from "@/components/ui/page-header";
import { AsideSkeleton, CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading home">
      <Page>
        <PageHeaderSkeleton />
        <AsideSkeleton
          aside={
            <>
              <CardSkeleton lines={4} />
              <CardSkeleton lines={4} />
            </>
          }
        >
          <CardSkeleton lines={4} />
          <CardSkeleton lines={8} />
        </AsideSkeleton>
      </Page>
    </SkeletonRegion>
  );
}
