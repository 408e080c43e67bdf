import type { Metadata } from "next";
import { QueueTable } from "@/components/admin/queue-table";
import { ScheduleTable } from "@/components/admin/schedule-table";
import { WorkerTable } from "@/components/admin/worker-table";
import { Callout } from "@/components/ui/callout";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Stat } from "@/components/ui/stat";
import { listQueues, listSchedules, listWorkers } from "@/lib/features/workers";
import { messageOf } from "@/lib/kernel/errors";
import { can } from "@/lib/platform/auth";
import { startWarnings } from "@/lib/platform/config";
import { moduleLog } from "@/lib/platform/log";
import { viewerFor } from "../../door";
import { LiveRefresh } from "../../live-refresh";

export const metadata: Metadata = { title: "System" };

export default async function QueuesPage() {
  const viewer = await viewerFor("/admin/system");
  const [stats, workers] = await Promise.all([readStats(), listWorkers(viewer)]);
  const warnings = startWarnings();
  const alive = workers.filter((worker) => worker.alive).length;
  const sum = (pick: "waiting" | "active" | "failed") =>
    stats.ok ? stats.queues.reduce((total, queue) => total + queue[pick], 0) : undefined;
  const failed = sum("failed");
  return (
    <Page>
      <PageHeader
        title="System"
        description={
          stats.ok
            ? `Queue backend: ${stats.backend === "redis" ? "Redis" : "PostgreSQL"}. Jobs are stored in the database, so a lost message loses no work.`
            : "Workers and job queues"
        }
      />
      {warnings.length > 0 ? (
        <Callout tone="warning" title="Settings to review">
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Callout>
      ) : null}
      {alive === 0 ? (
        <Callout tone="bad" title="No workers running">
          Requests are accepted, but nothing is provisioned, monitored or backed up until a worker starts.
        </Callout>
      ) : null}
      {stats.ok ? null : (
        <Callout tone="bad" title="Queue unavailable">
          {stats.message} No data is lost. Workers pick up pending jobs from the database.
        </Callout>
      )}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat
          label="Active workers"
          value={alive}
          of={workers.length > alive ? `of ${workers.length} registered` : undefined}
        />
        <Stat label="Waiting" value={sum("waiting") ?? "—"} />
        <Stat label="Active" value={sum("active") ?? "—"} />
        <Stat
          label="Failed jobs"
          value={failed ?? "—"}
          note={failed ? "Workers pick up the work from the database" : undefined}
          noteTone="warning"
        />
      </div>
      <WorkerTable workers={workers} />
      {stats.ok ? (
        <>
          <ScheduleTable schedules={stats.schedules} />
          <QueueTable queues={stats.queues} manages={can(viewer, "queue.manage")} />
        </>
      ) : null}
      <LiveRefresh topics={["admin"]} pollMs={5_000} />
    </Page>
  );
}

async function readStats() {
  try {
    const [queues, schedules] = await Promise.all([listQueues(), listSchedules()]);
    return { ok: true as const, ...queues, schedules };
  } catch (error) {
    moduleLog("queue").warn({ err: error }, "the queues could not be asked");
    return { ok: false as const, message: messageOf(error) };
  }
}
