"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading clouds">
      <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        <CardSkeleton lines={4} />
        <CardSkeleton lines={4} />
      </div>
    </PageSkeleton>
  );
}
