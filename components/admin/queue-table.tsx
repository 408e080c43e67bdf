import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { formatCount, formatNumber } from "@/lib/kernel/format";

export interface QueueRow {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  completed: number;
  failures: readonly { id: string; reason: string; failedAt: string | null }[];
}

/** How every queue stands, with its newest failures. */
export function QueueTable({ queues }: { queues: readonly QueueRow[] }) {
  const failures = queues.flatMap((queue) => queue.failures.map((one) => ({ ...one, queue: queue.name })));
  return (
    <>
      <Card title="Queues" aside={formatCount(queues.length, "queue")} flush>
        <Table caption="Queues">
          <TableHead>
            <tr>
              <TableHeader>Queue</TableHeader>
              <TableHeader numeric>Waiting</TableHeader>
              <TableHeader numeric>In hand</TableHeader>
              <TableHeader numeric className="hidden sm:table-cell">
                Scheduled
              </TableHeader>
              <TableHeader numeric>Failed</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {queues.map((queue) => (
              <TableRow key={queue.name}>
                <TableCell className="font-mono text-sm">{queue.name}</TableCell>
                <TableCell numeric>{formatNumber(queue.waiting, 0)}</TableCell>
                <TableCell numeric>{formatNumber(queue.active, 0)}</TableCell>
                <TableCell numeric className="hidden sm:table-cell">
                  {formatNumber(queue.delayed, 0)}
                </TableCell>
                <TableCell
                  numeric
                  className={cn(queue.failed > 0 ? "font-semibold text-bad-ink" : "text-muted")}
                >
                  {formatNumber(queue.failed, 0)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
      {failures.length > 0 ? (
        <Card title="Newest failures">
          <ul className="grid divide-y">
            {failures.map((one) => (
              <li
                key={`${one.queue}${one.id}`}
                className="grid gap-x-4 py-2.5 first:pt-0 last:pb-0 sm:grid-cols-[12rem_1fr_auto]"
              >
                <span className="font-mono text-sm">{one.queue}</span>
                <span className="min-w-0 break-words">{one.reason || "No reason was given."}</span>
                <Time value={one.failedAt} className="text-xs text-muted" />
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </>
  );
}
