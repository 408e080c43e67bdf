import type { Metadata } from "next";
import { CapacityCard } from "@/components/reports/capacity-card";
import { listClouds } from "@/lib/features/clouds";
import { viewerFor } from "../../../door";

export const metadata: Metadata = { title: "Capacity" };

export default async function CapacityPage() {
  await viewerFor("/insights/capacity");
  return <CapacityCard clouds={await listClouds()} />;
}
