"use client";

import { Page } from "@/components/ui/page-header";
import {
  AsideSkeleton,
  CardSkeleton,
  ChartSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading version">
      <Page>
        <PageHeaderSkeleton />
        <AsideSkeleton
          aside={
            <>
              <CardSkeleton lines={2} />
              <CardSkeleton lines={3} />
            </>
          }
        >
          <ChartSkeleton height={600} />
        </AsideSkeleton>
      </Page>
    </SkeletonRegion>
  );
}
