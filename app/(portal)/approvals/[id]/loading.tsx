"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading request" narrow>
      <div className="grid gap-3">
        <CardSkeleton lines={1} />
        <div className="grid grid-cols-2 gap-3">
          <CardSkeleton lines={1} />
          <CardSkeleton lines={1} />
        </div>
        <CardSkeleton lines={1} />
        <CardSkeleton lines={3} />
      </div>
    </PageSkeleton>
  );
}
