import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Elapsed, Time } from "@/components/ui/time";
import type { WorkerDto } from "@/lib/features/workers/schema";
import { formatBytes, formatDuration } from "@/lib/kernel/format";

/** Which processes do the work, and when each was last heard of. */
export function WorkerTable({ workers }: { workers: readonly WorkerDto[] }) {
  if (workers.length === 0) {
    return (
      <Card flush>
        <EmptyState title="No workers registered">
          Start one with `npm start`, or scale the workers service.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title="Workers" flush>
      <Table caption="Workers">
        <TableHead>
          <tr>
            <TableHeader>Worker</TableHeader>
            <TableHeader>Status</TableHeader>
            <TableHeader>Roles</TableHeader>
            <TableHeader numeric className="hidden md:table-cell">
              Memory
            </TableHeader>
            <TableHeader numeric>Heartbeat</TableHeader>
            <TableHeader numeric className="hidden md:table-cell">
              Uptime
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {workers.map((worker) => (
            <TableRow key={worker.id}>
              <TableCell>
                <span className="block font-semibold">{worker.host}</span>
                <span className="text-xs text-muted">
                  PID {worker.pid}
                  <span className="max-md:hidden">
                    {" "}
                    · Node {worker.version.replace(/^v/, "") || "unknown"}
                  </span>
                </span>
              </TableCell>
              <TableCell>
                <Status tone={worker.alive ? "good" : "bad"}>
                  {worker.alive ? "Active" : "Unresponsive"}
                </Status>
                {worker.replaces && (
                  <span className="mt-1 block text-xs text-muted">
                    {worker.replaces.hung ? "Replaced a process that hung" : "Replaced a process that exited"}{" "}
                    ({worker.replaces.reason}) <Time value={worker.replaces.at} />
                  </span>
                )}
              </TableCell>
              <TableCell>
                <span className="flex flex-wrap gap-1">
                  {worker.families.map((family) => (
                    <Badge key={family}>{family}</Badge>
                  ))}
                </span>
              </TableCell>
              <TableCell numeric className="hidden md:table-cell">
                {formatBytes(worker.memoryBytes)}
              </TableCell>
              <TableCell numeric>
                {worker.alive ? (
                  `${formatDuration(worker.heartbeatAgeSeconds * 1000)} ago`
                ) : (
                  <Time value={worker.heartbeatAt} className="text-bad-ink" />
                )}
              </TableCell>
              <TableCell numeric className="hidden md:table-cell">
                <Elapsed since={worker.startedAt} until={worker.alive ? null : worker.heartbeatAt} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
