import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ProjectDto } from "@/lib/features/projects/schema";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import { formatBytes, formatCount, formatCpu, formatMoney, formatNumber } from "@/lib/kernel/format";

const quotas: Record<QuotaUse["name"], { title: string; show: (value: number) => string }> = {
  cpu: { title: "CPU", show: formatCpu },
  memory: { title: "Memory", show: formatBytes },
  storage: { title: "Storage", show: formatBytes },
  environments: { title: "Environments", show: (value) => formatNumber(value, 0) },
};

export interface ProjectLimitListProps {
  project: ProjectDto;
  quotas: readonly QuotaUse[];
  committedMonthly: string;
}

/** Every limit of a project: what it is, how much is used, and what happens at it. */
export function ProjectLimitList({ project, quotas: uses, committedMonthly }: ProjectLimitListProps) {
  const { currency, approvalLimit, budgetMonthly, maxLeaseDays } = project;
  const perMonth = (amount: string) => formatMoney(amount, currency, { period: "month" });
  return (
    <Card title="Limits" flush>
      <Table caption="Limits">
        <TableHead>
          <tr>
            <TableHeader>Limit</TableHeader>
            <TableHeader numeric>Value</TableHeader>
            <TableHeader>Used</TableHeader>
            <TableHeader className="hidden lg:table-cell">At the limit</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          <Row
            title="Approval threshold"
            value={approvalLimit === null ? null : perMonth(approvalLimit)}
            effect="Requests above it require approval"
          />
          <Row
            title="Monthly budget"
            value={budgetMonthly === null ? null : perMonth(budgetMonthly)}
            used={
              <Use
                used={Number(committedMonthly)}
                max={budgetMonthly === null ? null : Number(budgetMonthly)}
                label={`${perMonth(committedMonthly)} committed`}
              />
            }
            effect="Requests beyond it get a warning"
          />
          <Row
            title="Max lease"
            value={maxLeaseDays === null ? null : formatCount(maxLeaseDays, "day")}
            effect="Longer leases aren’t allowed"
          />
          {uses.map((use) => (
            <Row
              key={use.name}
              title={quotas[use.name].title}
              value={use.limit === null ? null : quotas[use.name].show(use.limit)}
              used={<Use used={use.used} max={use.limit} label={`${quotas[use.name].show(use.used)} used`} />}
              effect="Requests beyond it are blocked"
            />
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Row(props: { title: string; value: string | null; used?: ReactNode; effect: string }) {
  return (
    <TableRow>
      <TableCell className="font-medium">{props.title}</TableCell>
      <TableCell numeric>{props.value ?? <span className="text-muted">No limit</span>}</TableCell>
      <TableCell>{props.used ?? <span className="text-muted">—</span>}</TableCell>
      <TableCell className="hidden text-muted lg:table-cell">{props.effect}</TableCell>
    </TableRow>
  );
}

function Use({ used, max, label }: { used: number; max: number | null; label: string }) {
  if (max === null) return <span className="tabular">{label}</span>;
  return <Meter className="min-w-28" used={used} max={max} showLabel label={label} />;
}
