"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { TableSkeleton, ToolbarSkeleton } from "@/components/ui/skeleton";

/** The shape most screens share. Screens of another shape bring their own. */
export default function Loading() {
  return (
    <PageSkeleton label="Loading page">
      <div className="grid gap-3">
        <ToolbarSkeleton />
        <TableSkeleton />
      </div>
    </PageSkeleton>
  );
}
