"use client";

import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading price book">
      <Page>
        <PageHeaderSkeleton />
        <StatRowSkeleton stats={3} />
        <TableSkeleton rows={3} />
      </Page>
    </SkeletonRegion>
  );
}
