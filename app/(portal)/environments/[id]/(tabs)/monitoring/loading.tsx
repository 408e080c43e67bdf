"use client";

import { CardSkeleton, ChartSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

const charts = ["cpu", "memory"];

export default function Loading() {
  return (
    <SkeletonRegion label="Loading metrics">
      <div className="grid gap-4">
        <div className="mt-12 grid gap-4 lg:grid-cols-2">
          {charts.map((chart) => (
            <div key={chart} className="rounded-card border bg-panel px-4 py-3.5">
              <ChartSkeleton height={232} />
            </div>
          ))}
        </div>
        <TableSkeleton rows={3} columns={6} />
        <CardSkeleton />
      </div>
    </SkeletonRegion>
  );
}
