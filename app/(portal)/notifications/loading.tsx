"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading notifications" narrow>
      <CardSkeleton lines={8} />
    </PageSkeleton>
  );
}
