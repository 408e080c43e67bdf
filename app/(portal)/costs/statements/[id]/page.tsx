import type { Metadata } from "next";
import { StatementView } from "@/components/costs/statement-view";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { getStatement } from "@/lib/features/chargeback";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Statement" };

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

export default async function StatementPage({ params, searchParams }: Props) {
  const [viewer, { id }, search] = await Promise.all([getViewer(), params, searchParams]);
  const page = Math.max(1, Number.parseInt(firstParam(search, "page") ?? "1", 10) || 1);
  return <StatementView statement={await orNotFound(getStatement(viewer, id))} page={page} />;
}
