import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { ScheduleDto } from "@/lib/features/workers/schema";
import { formatCount, formatDuration } from "@/lib/kernel/format";
import { scheduleWords } from "./queue-words";

/** Every recurring job: how often, when it ran last and for how long, and when it is due next. */
export function ScheduleTable({ schedules }: { schedules: readonly ScheduleDto[] }) {
  return (
    <Card title="Schedules" aside={formatCount(schedules.length, "recurring job")} flush>
      <Table caption="Schedules">
        <TableHead>
          <tr>
            <TableHeader>Job</TableHeader>
            <TableHeader>Last result</TableHeader>
            <TableHeader numeric className="hidden sm:table-cell">
              Interval
            </TableHeader>
            <TableHeader numeric>Last run</TableHeader>
            <TableHeader numeric className="hidden md:table-cell">
              Duration
            </TableHeader>
            <TableHeader numeric className="hidden sm:table-cell">
              Next turn
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {schedules.map((schedule) => (
            <ScheduleRow key={schedule.name} schedule={schedule} />
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function ScheduleRow({ schedule }: { schedule: ScheduleDto }) {
  const { name, role, everyMs, turnMs, lastAt, lastDurationMs, lastError, nextAt } = schedule;
  return (
    <TableRow>
      <TableCell>
        <span className="block">{scheduleWords(name)}</span>
        <span className="text-xs text-muted">
          <span className="font-mono">{name}</span> · {role}
        </span>
      </TableCell>
      <TableCell>
        {lastAt === null ? (
          <span className="text-muted">—</span>
        ) : (
          <Status tone={lastError === null ? "good" : "bad"}>
            {lastError === null ? "Succeeded" : "Failed"}
          </Status>
        )}
        {lastError === null ? null : (
          <span className="mt-1 block text-xs break-words text-muted">{lastError}</span>
        )}
      </TableCell>
      <TableCell numeric className="hidden sm:table-cell">
        {formatDuration(everyMs)}
        {turnMs === null ? null : (
          <span className="block text-xs text-muted">turns of {formatDuration(turnMs)}</span>
        )}
      </TableCell>
      <TableCell numeric>
        <Time value={lastAt} fallback="—" />
      </TableCell>
      <TableCell numeric className="hidden md:table-cell">
        {lastDurationMs === null ? "—" : formatDuration(lastDurationMs)}
      </TableCell>
      <TableCell numeric className="hidden sm:table-cell">
        <Time value={nextAt} fallback="—" />
      </TableCell>
    </TableRow>
  );
}
