"use client";

import { RotateCcw } from "lucide-react";
import { apiPost } from "@/components/data/api";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/kernel/format";
import type { QueueName } from "./queue-words";
import { useWrite } from "./use-write";

/** Retries a queue's failed jobs. Harmless when their work is done already: the database has what is due. */
export function RetryQueue({ name, failed }: { name: QueueName; failed: number }) {
  const retry = useWrite(() => apiPost("/queues/{name}/retry", { path: { name } }), {
    success: `${formatCount(failed, "job")} of ${name} retried`,
  });
  return (
    <Button
      size="sm"
      loading={retry.pending}
      aria-label={`Retry all failed jobs of ${name}`}
      onClick={() => void retry.run()}
    >
      <RotateCcw aria-hidden /> Retry all
    </Button>
  );
}

/** Retries one failed job. */
export function RetryJob({ queue, jobId, what }: { queue: QueueName; jobId: string; what: string }) {
  const retry = useWrite(() => apiPost("/queues/{name}/retry", { path: { name: queue }, body: { jobId } }), {
    success: "Job retried",
  });
  return (
    <Button size="sm" loading={retry.pending} aria-label={`Retry ${what}`} onClick={() => void retry.run()}>
      <RotateCcw aria-hidden /> Retry
    </Button>
  );
}
