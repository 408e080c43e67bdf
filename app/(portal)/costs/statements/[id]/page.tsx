import type { Metadata } from "next";
import { StatementView } from "@/components/costs/statement-view";
import { getStatement } from "@/lib/features/chargeback";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Statement" };

export default async function StatementPage({ params }: { params: Promise<{ id: string }> }) {
  const viewer = await getViewer();
  const { id } = await params;
  return <StatementView statement={await orNotFound(getStatement(viewer, id))} />;
}
