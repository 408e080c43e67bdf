import type { Metadata } from "next";
import type { SearchParams } from "@/components/data/list-params";
import { FulfillmentCard } from "@/components/reports/fulfillment-card";
import { fulfillment } from "@/lib/features/reports";
import { getViewer } from "../../../viewer";
import { Period, periodOf } from "../period";

export const metadata: Metadata = { title: "Fulfillment" };

export default async function FulfillmentPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const days = periodOf(params);
  const rows = await fulfillment(viewer, days);
  return (
    <>
      <Period path="/insights/fulfillment" days={days} />
      <FulfillmentCard rows={rows} days={days} />
    </>
  );
}
