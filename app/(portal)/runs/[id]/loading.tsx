"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton, ChartSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading run">
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid gap-4">
          <ChartSkeleton height={260} />
          <ChartSkeleton height={360} />
        </div>
        <CardSkeleton lines={6} />
      </div>
    </PageSkeleton>
  );
}
