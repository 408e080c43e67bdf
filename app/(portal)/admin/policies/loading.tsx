"use client";

import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading policies">
      <Page>
        <PageHeaderSkeleton />
        <CardSkeleton lines={10} />
        <TableSkeleton rows={3} />
      </Page>
    </SkeletonRegion>
  );
}
