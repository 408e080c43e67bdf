import type { Metadata } from "next";
import type { ReactNode } from "react";
import { EnvironmentBanner } from "@/components/environments/environment-banner";
import { EnvironmentHeader } from "@/components/environments/environment-header";
import { ReadyMoment } from "@/components/environments/ready-moment";
import { Page } from "@/components/ui/page-header";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { listRequests } from "@/lib/features/requests";
import { getRun } from "@/lib/features/runs";
import { can } from "@/lib/platform/auth";
import { LiveRefresh } from "../../../live-refresh";
import { readEnvironment } from "./environment";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { environment } = await readEnvironment((await params).id);
  return { title: environment.name };
}

/** The frame of every tab: header, what must be known first, tabs; live. */
export default async function EnvironmentLayout({ params, children }: Props & { children: ReactNode }) {
  const { id } = await params;
  const { viewer, environment } = await readEnvironment(id);
  const runId = environment.activeRunId ?? environment.failedChange?.runId;
  const [run, waiting] = await Promise.all([
    runId ? getRun(viewer, runId) : null,
    listRequests(viewer, { environment: id, status: "pending_approval", limit: 1 }),
  ]);
  const topics = [
    `environment:${id}`,
    ...(environment.activeRunId ? [`run:${environment.activeRunId}`] : []),
  ];
  const at = { projectId: environment.project.id };
  return (
    <Page>
      <EnvironmentHeader
        environment={environment}
        costs={can(viewer, "cost.read", at)}
        mayRequest={can(viewer, "environment.request", at)}
      />
      <ReadyMoment environment={environment} isOwner={environment.owner.id === viewer.userId} />
      <EnvironmentBanner environment={environment} run={run} waiting={waiting.items[0] ?? null} />
      {children}
      <LiveRefresh topics={topics} pollMs={paceOf(environment)} />
    </Page>
  );
}

/** Events tell of changes; this is for measurements, and for what happens before the browser listens. */
function paceOf(environment: EnvironmentDetail): number | undefined {
  if (environment.activeRunId) return 3_000;
  if (environment.status === "running") return 10_000;
  return environment.destroyedAt ? undefined : 30_000;
}
