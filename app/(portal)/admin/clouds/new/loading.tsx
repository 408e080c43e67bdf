"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading form">
      <Page narrow>
        <PageHeaderSkeleton />
        <CardSkeleton lines={5} />
        <CardSkeleton lines={6} />
      </Page>
    </SkeletonRegion>
  );
}
