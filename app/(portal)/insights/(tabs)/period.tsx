import { ChoiceLinks } from "@/components/data/choice-links";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { reportDays } from "@/lib/features/reports/schema";

/** The period that the URL asks for. */
export function periodOf(params: SearchParams): (typeof reportDays)[number] {
  return reportDays.find((one) => String(one) === firstParam(params, "days")) ?? 30;
}

export function Period({ path, days }: { path: string; days: number }) {
  return (
    <ChoiceLinks
      label="Period"
      items={reportDays.map((one) => ({
        label: `${one} days`,
        href: `${path}?days=${one}`,
        active: one === days,
      }))}
    />
  );
}
