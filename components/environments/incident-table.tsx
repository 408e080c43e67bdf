import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Elapsed, Time } from "@/components/ui/time";
import type { IncidentDto } from "@/lib/features/monitoring/schema";

/** Periods in which something was wrong, and what was done about it. */
export function IncidentTable({ incidents }: { incidents: readonly IncidentDto[] }) {
  return (
    <Card title="Incidents" flush>
      {incidents.length === 0 ? (
        <p className="px-4 py-6 text-muted">No incidents</p>
      ) : (
        <Table caption="Incidents">
          <TableHead>
            <tr>
              <TableHeader>Since</TableHeader>
              <TableHeader>Status</TableHeader>
              <TableHeader>Issue</TableHeader>
              <TableHeader>Actions taken</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {incidents.map((one) => (
              <TableRow key={one.id} className="[&>td]:align-top">
                <TableCell className="whitespace-nowrap">
                  <Time value={one.openedAt} />
                </TableCell>
                <TableCell className="whitespace-nowrap">
                  <Status tone={one.closedAt ? "good" : "bad"}>{one.closedAt ? "Resolved" : "Open"}</Status>
                  <div className="text-xs text-muted tabular">
                    {one.closedAt ? "after " : "for "}
                    <Elapsed since={one.openedAt} until={one.closedAt} />
                  </div>
                </TableCell>
                <TableCell className="min-w-48">
                  <div>{one.summary}</div>
                  <div className="text-xs text-muted">
                    {one.component}
                    {one.occurrences > 1 ? ` · ${one.occurrences} times` : ""}
                  </div>
                </TableCell>
                <TableCell className="min-w-56">
                  <Actions incident={one} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}

const shown = 4;

function Actions({ incident }: { incident: IncidentDto }) {
  const { actions } = incident;
  if (actions.length === 0) return <span className="text-muted">None yet</span>;
  return (
    <ul className="grid gap-0.5">
      {actions.slice(-shown).map((action) => (
        <li key={`${action.at} ${action.text}`}>
          {action.requestId ? (
            <Link href={`/requests/${action.requestId}`} className="link-quiet">
              {action.text}
            </Link>
          ) : (
            action.text
          )}{" "}
          <span className="text-xs text-muted">
            <Time value={action.at} />
          </span>
        </li>
      ))}
      {actions.length > shown ? (
        <li className="text-xs text-muted">and {actions.length - shown} earlier</li>
      ) : null}
    </ul>
  );
}
