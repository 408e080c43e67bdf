import type { Metadata } from "next";
import { csvHref } from "@/components/data/api-href";
import { listCount } from "@/components/data/list-count";
import type { SearchParams } from "@/components/data/list-params";
import { RunTable } from "@/components/runs/run-table";
import { requestKinds } from "@/lib/features/requests/schema";
import { countListedRuns, listRuns } from "@/lib/features/runs";
import { runDays, runSorts, runSummarySchema } from "@/lib/features/runs/schema";
import { LiveRefresh } from "../../../live-refresh";
import { readList } from "../../../read-list";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const list = await readList(params, runSorts, ({ text, choice }) => ({
    status: choice("status", runSummarySchema.shape.status.options),
    kind: choice("kind", requestKinds),
    environment: text("environment"),
    days: runDays.find((one) => String(one) === text("days")),
  }));
  const { filter, pageSize, cursor } = list;
  const page = await listRuns(viewer, { ...filter, limit: pageSize, cursor });
  const count = await listCount(page, list, (most) => countListedRuns(viewer, filter, most));
  return (
    <>
      <RunTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        count={count}
        csvHref={csvHref("/runs", { query: filter })}
      />
      <LiveRefresh topics={[]} pollMs={10_000} />
    </>
  );
}
