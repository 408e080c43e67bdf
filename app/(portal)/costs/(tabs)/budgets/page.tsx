import type { Metadata } from "next";
import { Budgets } from "@/components/costs/budgets";
import { monthOfProjects } from "@/lib/features/home";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Budgets" };

export default async function BudgetsPage() {
  return <Budgets budgets={await monthOfProjects(await getViewer())} />;
}
