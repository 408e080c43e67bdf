"use client";

import { Page } from "@/components/ui/page-header";
import {
  AsideSkeleton,
  CardSkeleton,
  ChartSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
  TableSkeleton,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading template">
      <Page>
        <PageHeaderSkeleton />
        <AsideSkeleton aside={<CardSkeleton lines={8} />}>
          <ChartSkeleton height={220} />
          <CardSkeleton lines={4} />
          <TableSkeleton rows={2} columns={4} />
        </AsideSkeleton>
      </Page>
    </SkeletonRegion>
  );
}
