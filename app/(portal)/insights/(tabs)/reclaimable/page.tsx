import type { Metadata } from "next";
import { choiceParam, type SearchParams } from "@/components/data/list-params";
import { SprawlCard } from "@/components/reports/sprawl-card";
import { sprawl } from "@/lib/features/reports";
import { sprawlReasons } from "@/lib/features/reports/schema";
import { canSomewhere } from "@/lib/platform/auth";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Reclaimable" };

export default async function ReclaimablePage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  return (
    <SprawlCard
      rows={await sprawl(viewer)}
      reason={choiceParam(params, "reason", sprawlReasons)}
      opens={canSomewhere(viewer, "environment.read")}
    />
  );
}
