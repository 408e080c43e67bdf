"use client";

import { RotateCcw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/kernel/format";
import { useWrite } from "./use-write";

/** Sends a queue's failed messages once more. Harmless when their work is done already: messages only wake. */
export function RetryQueue({ name, failed }: { name: string; failed: number }) {
  const retry = useWrite({ success: `${formatCount(failed, "job")} of ${name} retried` });
  return (
    <Button
      size="sm"
      loading={retry.pending}
      aria-label={`Retry failed jobs of ${name}`}
      onClick={() => void retry.run(`/queues/${name}/retry`, { method: "POST" })}
    >
      <RotateCcw aria-hidden /> Retry
    </Button>
  );
}
