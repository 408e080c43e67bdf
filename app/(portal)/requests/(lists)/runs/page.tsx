import type { Metadata } from "next";
import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { RunTable } from "@/components/runs/run-table";
import { requestKinds } from "@/lib/features/requests/schema";
import { countListedRuns, listRuns } from "@/lib/features/runs";
import { runDays, runSorts, runSummarySchema } from "@/lib/features/runs/schema";
import { listCount } from "../../../list-count";
import { LiveRefresh } from "../../../live-refresh";
import { readPageSize } from "../../../page-size";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const filter = {
    q: firstParam(params, "q")?.trim().slice(0, 100),
    status: choiceParam(params, "status", runSummarySchema.shape.status.options),
    kind: choiceParam(params, "kind", requestKinds),
    environment: firstParam(params, "environment"),
    days: runDays.find((one) => String(one) === firstParam(params, "days")),
    ...sortFilter(params, runSorts),
  };
  const pageSize = await readPageSize(params);
  const cursor = firstParam(params, "cursor");
  const page = await listRuns(viewer, { ...filter, limit: pageSize, cursor });
  const count = await listCount(page, cursor, (most) => countListedRuns(viewer, filter, most));
  return (
    <>
      <RunTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        count={count}
        csvHref={csvHref("/runs", { query: { ...filter, limit: 200 } })}
      />
      <LiveRefresh topics={[]} pollMs={10_000} />
    </>
  );
}
