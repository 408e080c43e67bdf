"use client";

import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading cost details">
      <Page>
        <PageHeaderSkeleton />
        <TableSkeleton />
      </Page>
    </SkeletonRegion>
  );
}
