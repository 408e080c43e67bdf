"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading account">
      <div className="grid gap-4 lg:grid-cols-2">
        <CardSkeleton lines={3} />
        <CardSkeleton lines={3} />
      </div>
      <CardSkeleton lines={3} />
      <CardSkeleton lines={3} />
    </PageSkeleton>
  );
}
