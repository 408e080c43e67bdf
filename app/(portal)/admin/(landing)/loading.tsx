"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardGridSkeleton, StatRowSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading administration">
      <StatRowSkeleton stats={5} />
      <CardGridSkeleton cards={8} />
    </PageSkeleton>
  );
}
