"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { NativeSelect } from "@/components/ui/native-select";
import { Segmented } from "@/components/ui/segmented";
import { type CostGroup, costGroupLabels, costGroups } from "@/lib/features/chargeback/schema";

/** Period and grouping; both stand in the address. */
export function CostControls({
  group,
  days,
  periods,
}: {
  group: CostGroup;
  days: number;
  periods: readonly number[];
}) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const show = (next: { group?: string; days?: string }) =>
    startTransition(() =>
      router.replace(`/costs?group=${next.group ?? group}&days=${next.days ?? days}`, { scroll: false }),
    );
  return (
    <div className="flex flex-wrap items-center gap-2" aria-busy={pending}>
      <Segmented
        aria-label="Period"
        value={String(days)}
        onValueChange={(value) => show({ days: value })}
        options={periods.map((period) => ({ value: String(period), label: `${period} days` }))}
      />
      <NativeSelect
        aria-label="Group by"
        className="w-44"
        value={group}
        onChange={(event) => show({ group: event.target.value })}
      >
        {costGroups.map((one) => (
          <option key={one} value={one}>
            By {costGroupLabels[one].toLowerCase()}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}
