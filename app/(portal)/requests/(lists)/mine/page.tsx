import type { Metadata } from "next";
import type { SearchParams } from "@/components/data/list-params";
import { RequestList } from "../request-list";

export const metadata: Metadata = { title: "My requests" };

export default function MyRequestsPage(props: { searchParams: Promise<SearchParams> }) {
  return <RequestList searchParams={props.searchParams} mine />;
}
