"use client";

import { PageSkeleton } from "@/components/ui/page-skeleton";
import { CardSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <PageSkeleton label="Loading form" narrow>
      <CardSkeleton lines={5} />
      <CardSkeleton lines={6} />
    </PageSkeleton>
  );
}
