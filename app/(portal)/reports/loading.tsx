"use client";

import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading reports">
      <Page>
        <PageHeaderSkeleton />
        <StatRowSkeleton />
        <TableSkeleton columns={7} />
      </Page>
    </SkeletonRegion>
  );
}
