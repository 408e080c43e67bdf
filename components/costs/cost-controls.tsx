import Link from "next/link";
import { cn } from "@/components/ui/cn";
import { type CostGroup, costGroups } from "@/lib/features/chargeback/schema";

const labels: Record<CostGroup, string> = {
  project: "Project",
  template: "Template",
  cloud: "Cloud",
  owner: "Owner",
  "cost-center": "Cost center",
};

export const costPeriods = [7, 30, 90] as const;

/** Period and grouping; both stand in the address. */
export function CostControls({ group, days }: { group: CostGroup; days: number }) {
  return (
    <nav aria-label="Period and grouping" className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
      <Choices
        items={costPeriods.map((period) => ({
          label: `${period} days`,
          href: `/costs?group=${group}&days=${period}`,
          active: period === days,
        }))}
      />
      <Choices
        items={costGroups.map((one) => ({
          label: labels[one],
          href: `/costs?group=${one}&days=${days}`,
          active: one === group,
        }))}
      />
    </nav>
  );
}

function Choices({ items }: { items: readonly { label: string; href: string; active: boolean }[] }) {
  return (
    <div className="flex flex-wrap gap-1">
      {items.map((item) => (
        <Link
          key={item.label}
          href={item.href}
          aria-current={item.active ? "true" : undefined}
          className={cn(
            "rounded-control px-2.5 py-1 text-muted hover:bg-hover hover:text-ink",
            item.active && "bg-hover font-semibold text-ink",
          )}
        >
          {item.label}
        </Link>
      ))}
    </div>
  );
}
