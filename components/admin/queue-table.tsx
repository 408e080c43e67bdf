import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { QueueListDto } from "@/lib/features/workers/schema";
import { formatCount, formatNumber } from "@/lib/kernel/format";
import { QueueFailures } from "./queue-failures";
import { queueWords } from "./queue-words";
import { RetryQueue } from "./retry-queue";

export type QueueRow = QueueListDto["queues"][number];

/** How every queue stands, with its newest failed jobs; those who manage queues can retry them. */
export function QueueTable({ queues, manages }: { queues: readonly QueueRow[]; manages: boolean }) {
  const retries = manages && queues.some((queue) => queue.failed > 0);
  return (
    <>
      <Card title="Queues" aside={formatCount(queues.length, "queue")} flush>
        <Table caption="Queues">
          <TableHead>
            <tr>
              <TableHeader>Queue</TableHeader>
              <TableHeader numeric>Waiting</TableHeader>
              <TableHeader numeric>Active</TableHeader>
              <TableHeader numeric className="hidden sm:table-cell">
                Scheduled
              </TableHeader>
              <TableHeader numeric>Failed</TableHeader>
              {retries ? (
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              ) : null}
            </tr>
          </TableHead>
          <TableBody>
            {queues.map((queue) => (
              <TableRow key={queue.name}>
                <TableCell>
                  <span className="block">{queueWords(queue.name)}</span>
                  <span className="font-mono text-xs text-muted">{queue.name}</span>
                </TableCell>
                <Figure value={queue.waiting} />
                <Figure value={queue.active} />
                <Figure value={queue.delayed} className="hidden sm:table-cell" />
                <Figure
                  value={queue.failed}
                  className={cn(queue.failed > 0 && "font-semibold text-bad-ink")}
                />
                {retries ? (
                  <TableCell className="w-0 text-right">
                    {queue.failed > 0 ? <RetryQueue name={queue.name} failed={queue.failed} /> : null}
                  </TableCell>
                ) : null}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
      <QueueFailures queues={queues} manages={manages} />
    </>
  );
}

/** A count; zero is quiet, so that what waits stands out. */
function Figure({ value, className }: { value: number; className?: string }) {
  return (
    <TableCell numeric className={cn(value === 0 && "text-muted", className)}>
      {formatNumber(value, 0)}
    </TableCell>
  );
}
