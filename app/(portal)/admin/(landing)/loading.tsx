"use client";

import { Page } from "@/components/ui/page-header";
import {
  CardGridSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
  StatRowSkeleton,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading administration">
      <Page>
        <PageHeaderSkeleton />
        <StatRowSkeleton stats={5} />
        <CardGridSkeleton cards={8} />
      </Page>
    </SkeletonRegion>
  );
}
