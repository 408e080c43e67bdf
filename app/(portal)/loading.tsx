"use client";

import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, TableSkeleton, ToolbarSkeleton } from "@/components/ui/skeleton";

/** The shape most screens share. Screens of another shape bring their own. */
export default function Loading() {
  return (
    <SkeletonRegion label="Loading page">
      <Page>
        <PageHeaderSkeleton />
        <div className="grid gap-3">
          <ToolbarSkeleton />
          <TableSkeleton />
        </div>
      </Page>
    </SkeletonRegion>
  );
}
