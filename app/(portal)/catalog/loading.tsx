"use client";

import { Page } from "@/components/ui/page-header";
import {
  CardGridSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
  ToolbarSkeleton,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading catalog">
      <Page>
        <PageHeaderSkeleton />
        <ToolbarSkeleton filters={2} />
        <CardGridSkeleton />
      </Page>
    </SkeletonRegion>
  );
}
