import { Meter } from "@/components/ui/meter";
import { Stat } from "@/components/ui/stat";
import type { ProjectDto } from "@/lib/features/projects/schema";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import { formatBytes, formatCpu, formatMoney, formatNumber } from "@/lib/kernel/format";

const words: Record<QuotaUse["name"], { title: string; show: (value: number) => string }> = {
  cpu: { title: "CPU", show: formatCpu },
  memory: { title: "Memory", show: formatBytes },
  storage: { title: "Storage", show: formatBytes },
  environments: { title: "Environments", show: (value) => formatNumber(value, 0) },
};

/** What a project uses of its quotas and budget. */
export function ProjectUse(props: {
  project: ProjectDto;
  quotas: readonly QuotaUse[];
  committedMonthly: string;
}) {
  const { project, committedMonthly } = props;
  const budget = project.budgetMonthly === null ? null : Number(project.budgetMonthly);
  const committed = formatMoney(committedMonthly, project.currency);
  return (
    <div className="grid grid-cols-2 gap-3 xl:grid-cols-5">
      <Stat
        className="max-xl:col-span-2"
        label="Committed monthly cost"
        value={committed}
        of={budget === null ? "no budget" : `of ${formatMoney(budget, project.currency)}`}
      >
        {budget === null ? null : (
          <Meter used={Number(committedMonthly)} max={budget} label={`${committed} of the monthly budget`} />
        )}
      </Stat>
      {props.quotas.map((quota) => {
        const { title, show } = words[quota.name];
        return (
          <Stat
            key={quota.name}
            label={title}
            value={show(quota.used)}
            of={quota.limit === null ? "no limit" : `of ${show(quota.limit)}`}
          >
            {quota.limit === null ? null : (
              <Meter
                used={quota.used}
                max={quota.limit}
                label={`${title}: ${show(quota.used)} of ${show(quota.limit)}`}
              />
            )}
          </Stat>
        );
      })}
    </div>
  );
}
