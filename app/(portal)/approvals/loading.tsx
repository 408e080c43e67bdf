"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading approvals">
      <Page narrow>
        <PageHeaderSkeleton />
        <CardSkeleton lines={6} />
        <CardSkeleton lines={8} />
      </Page>
    </SkeletonRegion>
  );
}
