import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Time } from "@/components/ui/time";
import type { QueueRow } from "./queue-table";
import { jobWords } from "./queue-words";
import { RetryJob } from "./retry-queue";

/** The newest failed jobs: which, why and when, with the way to what each was about and a retry. */
export function QueueFailures({ queues, manages }: { queues: readonly QueueRow[]; manages: boolean }) {
  const failures = queues
    .flatMap((queue) => queue.failures.map((one) => ({ ...one, queue: queue.name })))
    .toSorted((left, right) => (right.failedAt ?? "").localeCompare(left.failedAt ?? ""));
  if (failures.length === 0) return null;
  return (
    <Card title="Failed jobs" aside="Workers pick up the work from the database" flush>
      <ul className="divide-y">
        {failures.map((one) => {
          const run = runOf(one.data);
          return (
            <li
              key={`${one.queue} ${one.id}`}
              className="grid gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[14rem_1fr_auto_auto] sm:items-baseline"
            >
              <span>
                <span className="block">{jobWords(one.job)}</span>
                <span className="font-mono text-xs text-muted">{one.job}</span>
              </span>
              <span className="min-w-0 break-words text-ink-soft">
                {one.reason || "No reason given"}
                {run ? (
                  <Link href={`/runs/${run}`} className="link ml-2 whitespace-nowrap">
                    View run
                  </Link>
                ) : null}
              </span>
              <Time value={one.failedAt} className="text-xs text-muted" />
              {manages ? <RetryJob queue={one.queue} jobId={one.id} what={jobWords(one.job)} /> : null}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function runOf(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("runId" in data)) return undefined;
  return typeof data.runId === "string" ? data.runId : undefined;
}
