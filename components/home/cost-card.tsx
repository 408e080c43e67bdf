import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { Money } from "@/components/ui/money";
import type { ProjectCost } from "@/lib/features/home/schema";
import { formatCount, formatMoney } from "@/lib/kernel/format";

/** This month by project: spent, expected, and against what budget. */
export function CostCard({ costs, shown }: { costs: readonly ProjectCost[]; shown: number }) {
  if (costs.length === 0) return null;
  const rows = costs.slice(0, shown);
  return (
    <Card
      title="This month"
      aside={
        <Link href="/costs" className="link-quiet hover:text-ink">
          View costs
        </Link>
      }
    >
      <ul className="grid gap-4">
        {rows.map((project) => (
          <ProjectLine key={project.id} project={project} />
        ))}
      </ul>
      {costs.length > rows.length ? (
        <p className="mt-3 text-xs text-muted">{formatCount(costs.length - rows.length, "more project")}</p>
      ) : null}
    </Card>
  );
}

function ProjectLine({ project }: { project: ProjectCost }) {
  const money = (amount: string) => formatMoney(amount, project.currency, { rounded: true });
  const spent = Number(project.spent);
  const coming = Math.max(0, Number(project.expected) - spent);
  const over = project.budget !== null && Number(project.expected) > Number(project.budget);
  return (
    <li className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{project.name}</span>
        <span className="shrink-0 text-xs text-muted tabular">
          <Money
            amount={project.spent}
            currency={project.currency}
            rounded
            className="text-base font-semibold text-ink"
          />
          {project.budget === null ? "" : ` of ${money(project.budget)}`}
        </span>
      </div>
      {project.budget === null ? null : (
        <Meter
          used={spent}
          added={coming}
          max={Number(project.budget)}
          label={`${project.name}: ${money(project.spent)} spent, ${money(project.expected)} forecast, budget ${money(project.budget)}`}
        />
      )}
      <p className={over ? "text-xs text-bad-ink" : "text-xs text-muted"}>
        {`Forecast: ${money(project.expected)} by month end`}
        {over ? ", over budget" : ""}
      </p>
    </li>
  );
}
