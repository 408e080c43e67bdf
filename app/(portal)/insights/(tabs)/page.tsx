import type { Metadata } from "next";
import type { SearchParams } from "@/components/data/list-params";
import { RelianceTable } from "@/components/reports/reliance-table";
import { reliance } from "@/lib/features/reports";
import { canSomewhere } from "@/lib/platform/auth";
import { getViewer } from "../../viewer";
import { Period, periodOf } from "./period";

export const metadata: Metadata = { title: "Usage" };

export default async function UsageInsightsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const days = periodOf(params);
  const rows = await reliance(viewer, days);
  return (
    <>
      <Period path="/insights" days={days} />
      <RelianceTable rows={rows} days={days} opens={canSomewhere(viewer, "environment.read")} />
    </>
  );
}
