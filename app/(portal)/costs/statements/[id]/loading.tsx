"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading statement">
      <TableSkeleton columns={6} />
    </PageSkeleton>
  );
}
