"use client";

import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading queues">
      <Page>
        <PageHeaderSkeleton />
        <StatRowSkeleton />
        <TableSkeleton rows={1} />
        <TableSkeleton />
      </Page>
    </SkeletonRegion>
  );
}
