"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { StatRowSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading queues">
      <StatRowSkeleton />
      <TableSkeleton rows={1} />
      <TableSkeleton />
    </PageSkeleton>
  );
}
