"use client";

import { Page } from "@/components/ui/page-header";
import {
  CardSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
  StatRowSkeleton,
  TableSkeleton,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading costs">
      <Page>
        <PageHeaderSkeleton />
        <StatRowSkeleton stats={3} />
        <CardSkeleton lines={8} />
        <TableSkeleton rows={6} columns={3} />
      </Page>
    </SkeletonRegion>
  );
}
