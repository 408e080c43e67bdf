import type { Metadata } from "next";
import { Statements } from "@/components/costs/statements";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { closableMonths, listStatementMonths, listStatements } from "@/lib/features/chargeback";
import { can, type PersonActor } from "@/lib/platform/auth";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Statements" };

const mostStatements = 40;

export default async function StatementsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const mayClose = can(viewer, "statement.close");
  const [closed, closable] = await Promise.all([
    statementsFor(viewer, firstParam(params, "month")),
    mayClose ? closableMonths() : [],
  ]);
  return (
    <Statements {...closed} closable={closable} mayClose={mayClose} monthHref="/costs/statements?month=" />
  );
}

/** All statements; once there are many, those of one month at a time. */
async function statementsFor(viewer: PersonActor, wanted: string | undefined) {
  const months = await listStatementMonths(viewer);
  if (months.reduce((sum, one) => sum + one.statements, 0) <= mostStatements) {
    return { statements: await listStatements(viewer), months: [], month: undefined };
  }
  const month = (months.find((one) => one.month === wanted) ?? months[0])?.month;
  return { statements: await listStatements(viewer, month), months: months.map((one) => one.month), month };
}
