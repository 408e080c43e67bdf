import type { Metadata } from "next";
import { QueueTable } from "@/components/admin/queue-table";
import { WorkerTable } from "@/components/admin/worker-table";
import { LiveRefresh } from "@/components/data/live-refresh";
import { Callout } from "@/components/ui/callout";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Stat } from "@/components/ui/stat";
import { listWorkers } from "@/lib/features/workers";
import { messageOf } from "@/lib/kernel/errors";
import { can } from "@/lib/platform/auth";
import { startWarnings } from "@/lib/platform/config";
import { moduleLog } from "@/lib/platform/log";
import { queueStats } from "@/lib/platform/queue";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "Queues and workers" };

export default async function QueuesPage() {
  const viewer = await viewerFor("/admin/queues");
  const [stats, workers] = await Promise.all([readStats(), listWorkers(viewer)]);
  const warnings = startWarnings();
  const alive = workers.filter((worker) => worker.alive).length;
  const sum = (pick: "waiting" | "active" | "failed") =>
    stats.ok ? stats.queues.reduce((total, queue) => total + queue[pick], 0) : undefined;
  const failed = sum("failed");
  return (
    <Page>
      <PageHeader
        title="Queues and workers"
        description={
          stats.ok
            ? `Messages travel through ${stats.backend === "redis" ? "Redis" : "PostgreSQL"}; the work itself is kept in the database, so a lost message loses nothing.`
            : "Work that waits and the processes that do it."
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
        <Callout tone="bad" title="No worker is running">
          Requests are accepted and kept, but nothing is built, watched or backed up until a worker starts.
        </Callout>
      ) : null}
      {stats.ok ? null : (
        <Callout tone="bad" title="The queue does not answer">
          {stats.message} Nothing is lost: the sweeper finds waiting work in the database.
        </Callout>
      )}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat
          label="Workers alive"
          value={alive}
          of={workers.length > alive ? `of ${workers.length} known` : undefined}
        />
        <Stat label="Waiting" value={sum("waiting") ?? "unknown"} />
        <Stat label="In hand" value={sum("active") ?? "unknown"} />
        <Stat
          label="Failed messages"
          value={failed ?? "unknown"}
          note={failed ? "their work is found again by the sweeper" : undefined}
          noteTone="warning"
        />
      </div>
      <WorkerTable workers={workers} />
      {stats.ok ? <QueueTable queues={stats.queues} manages={can(viewer, "queue.manage")} /> : null}
      <LiveRefresh topics={["admin"]} pollMs={5_000} />
    </Page>
  );
}

async function readStats() {
  try {
    return { ok: true as const, ...(await queueStats()) };
  } catch (error) {
    moduleLog("queue").warn({ err: error }, "the queues could not be asked");
    return { ok: false as const, message: messageOf(error) };
  }
}
