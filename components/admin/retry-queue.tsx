"use client";

import { RotateCcw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/kernel/format";
import { useWrite } from "./use-write";

/** Retries a queue's failed jobs. Harmless when their work is done already: the database has what is due. */
export function RetryQueue({ name, failed }: { name: string; failed: number }) {
  const retry = useWrite({ success: `${formatCount(failed, "job")} of ${name} retried` });
  return (
    <Button
      size="sm"
      loading={retry.pending}
      aria-label={`Retry failed jobs of ${name}`}
      onClick={() => void retry.run(`/queues/${name}/retry`, { method: "POST" })}
    >
      <RotateCcw aria-hidden /> Retry all
    </Button>
  );
}

/** Retries one failed job. */
export function RetryJob({ queue, jobId, what }: { queue: string; jobId: string; what: string }) {
  const retry = useWrite({ success: "Job retried" });
  return (
    <Button
      size="sm"
      loading={retry.pending}
      aria-label={`Retry ${what}`}
      onClick={() => void retry.run(`/queues/${queue}/retry`, { method: "POST", body: { jobId } })}
    >
      <RotateCcw aria-hidden /> Retry
    </Button>
  );
}
