import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { healthLabels, type ResourceDto } from "@/lib/features/environments/schema";
import { formatBytes, formatNumber } from "@/lib/kernel/format";
import { healthTones } from "./looks";

/** Left out on phones. */
const wide = "hidden md:table-cell";

/** Health of each component at its last check. */
export function HealthTable({ resources }: { resources: readonly ResourceDto[] }) {
  return (
    <Card title="Health" flush>
      {resources.length === 0 ? (
        <p className="px-4 py-6 text-muted">No components</p>
      ) : (
        <Table caption="Health per component">
          <TableHead>
            <tr>
              <TableHeader>Component</TableHeader>
              <TableHeader>Health</TableHeader>
              <TableHeader numeric>CPU</TableHeader>
              <TableHeader numeric>Memory</TableHeader>
              <TableHeader numeric className={wide}>
                Restarts
              </TableHeader>
              <TableHeader className={wide}>Last checked</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {resources.map((one) => (
              <TableRow key={one.id}>
                <TableCell>
                  <div className="font-medium">{one.title}</div>
                  <div className="text-xs text-muted">
                    {one.component} · {one.kind} on {one.cloud}
                  </div>
                </TableCell>
                <TableCell>
                  <Status tone={one.status === "stopped" ? "neutral" : healthTones[one.health]}>
                    {one.status === "stopped" ? "Stopped" : healthLabels[one.health]}
                  </Status>
                  {one.healthMessage ? (
                    <div className="max-w-80 text-xs text-muted [overflow-wrap:anywhere]">
                      {one.healthMessage}
                    </div>
                  ) : null}
                </TableCell>
                <TableCell numeric>
                  <Used used={one.latest?.cpuCores} of={one.cpu * one.replicas} write={cores} />
                </TableCell>
                <TableCell numeric>
                  <Used
                    used={one.latest?.memoryBytes}
                    of={one.memoryBytes * one.replicas}
                    write={formatBytes}
                  />
                </TableCell>
                <TableCell numeric className={wide}>
                  {one.restarts}
                </TableCell>
                <TableCell className={`whitespace-nowrap text-muted ${wide}`}>
                  <Time value={one.lastObservedAt} fallback="Not yet" />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}

/** Small shares with a digit more; what is used is never written as nothing. */
function cores(value: number | null | undefined): string {
  if (value != null && value > 0 && value < 0.001) return "<0.001";
  return formatNumber(value, value != null && value < 0.1 ? 3 : 2);
}

function Used(props: {
  used: number | null | undefined;
  of: number;
  write: (value: number | null | undefined) => string;
}) {
  return (
    <>
      {props.write(props.used)}
      {props.of > 0 ? <span className="text-muted max-sm:hidden"> of {props.write(props.of)}</span> : null}
    </>
  );
}
