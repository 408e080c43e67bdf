"use client";

import { Page } from "@/components/ui/page-header";
import {
  AsideSkeleton,
  CardSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
  StatRowSkeleton,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading project">
      <Page>
        <PageHeaderSkeleton />
        <StatRowSkeleton stats={5} />
        <AsideSkeleton aside={<CardSkeleton lines={10} />}>
          <CardSkeleton lines={6} />
        </AsideSkeleton>
      </Page>
    </SkeletonRegion>
  );
}
