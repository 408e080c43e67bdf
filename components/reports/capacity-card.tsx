import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { allocationOf, type CloudDto } from "@/lib/features/clouds/schema";
import { formatBytes, formatNumber } from "@/lib/kernel/format";

/** What each cloud has, and how much of it is allocated. */
export function CapacityCard({ clouds }: { clouds: readonly CloudDto[] }) {
  return (
    <Card title="Capacity" flush>
      <Table caption="Capacity per cloud">
        <TableHead>
          <tr>
            <TableHeader>Cloud</TableHeader>
            <TableHeader>Status</TableHeader>
            <TableHeader numeric>Environments</TableHeader>
            <TableHeader>CPU (cores)</TableHeader>
            <TableHeader>Memory</TableHeader>
            <TableHeader>Storage</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {clouds.map((cloud) => (
            <TableRow key={cloud.id}>
              <TableCell>
                <Link href={`/admin/clouds/${cloud.id}`} className="link-quiet font-medium whitespace-nowrap">
                  {cloud.title}
                </Link>
                <div className="text-xs text-muted">{cloud.driverTitle}</div>
              </TableCell>
              <TableCell>
                <CloudState cloud={cloud} />
              </TableCell>
              <TableCell numeric>{cloud.environments}</TableCell>
              <TableCell>
                <Use cloud={cloud} which="cpu" write={(value) => formatNumber(value, 1)} />
              </TableCell>
              <TableCell>
                <Use cloud={cloud} which="memoryBytes" write={formatBytes} />
              </TableCell>
              <TableCell>
                <Use cloud={cloud} which="storageBytes" write={formatBytes} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function CloudState({ cloud }: { cloud: CloudDto }) {
  if (!cloud.enabled) return <Status tone="neutral">Disabled</Status>;
  if (cloud.healthOk === null) return <Status tone="neutral">Not checked yet</Status>;
  return <Status tone={cloud.healthOk ? "good" : "bad"}>{cloud.healthOk ? "Healthy" : "Unhealthy"}</Status>;
}

function Use(props: {
  cloud: CloudDto;
  which: "cpu" | "memoryBytes" | "storageBytes";
  write: (value: number) => string;
}) {
  const { cloud, which, write } = props;
  const { allocated, capacity } = allocationOf(cloud, which);
  if (capacity === null) {
    return (
      <span className="whitespace-nowrap tabular">
        {write(allocated)} allocated, <span className="text-muted">capacity unknown</span>
      </span>
    );
  }
  return (
    <Meter
      className="min-w-36"
      used={allocated}
      max={capacity}
      showLabel
      label={`${write(allocated)} of ${write(capacity)} allocated`}
    />
  );
}
