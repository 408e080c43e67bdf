"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, ChartSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading run">
      <Page>
        <PageHeaderSkeleton />
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
          <div className="grid gap-4">
            <ChartSkeleton height={260} />
            <ChartSkeleton height={360} />
          </div>
          <CardSkeleton lines={6} />
        </div>
      </Page>
    </SkeletonRegion>
  );
}
