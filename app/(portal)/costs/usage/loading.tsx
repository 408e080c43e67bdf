"use client";

import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading what the amount is made of">
      <Page>
        <PageHeaderSkeleton />
        <TableSkeleton />
      </Page>
    </SkeletonRegion>
  );
}
