"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading policies">
      <CardSkeleton lines={10} />
      <TableSkeleton rows={3} />
    </PageSkeleton>
  );
}
