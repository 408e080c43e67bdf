"use client";

import { RequestFormSkeleton } from "@/components/requests/form-skeleton";

export default function Loading() {
  return <RequestFormSkeleton />;
}
