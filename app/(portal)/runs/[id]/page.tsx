import type { Metadata } from "next";
import { cache } from "react";
import { RunView } from "@/components/runs/run-view";
import { Page } from "@/components/ui/page-header";
import { getEnvironment } from "@/lib/features/environments";
import { getRun } from "@/lib/features/runs";
import { LiveRefresh } from "../../live-refresh";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

interface Props {
  params: Promise<{ id: string }>;
}

const readRun = cache(async (id: string) => await orNotFound(getRun(await getViewer(), id)));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const run = await readRun((await params).id);
  return { title: `Run of ${run.environment.name}` };
}

export default async function RunPage({ params }: Props) {
  const { id } = await params;
  const run = await readRun(id);
  const environment = await orNotFound(getEnvironment(await getViewer(), run.environment.id));
  const active = run.finishedAt === null;
  return (
    <Page>
      <RunView run={run} environment={environment} />
      {/* Events tell of every step; the slow pace is for a stream that a proxy cut. */}
      <LiveRefresh
        topics={[`run:${id}`, `environment:${run.environment.id}`]}
        everyMs={500}
        pollMs={active ? 5_000 : undefined}
      />
    </Page>
  );
}
