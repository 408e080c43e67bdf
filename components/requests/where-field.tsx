"use client";

import { useEffect, useState } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { CloudOption, PlanDto } from "@/lib/features/requests/schema";
import type { Preview } from "./use-preview";

const bestFit = "best-fit";

export interface WhereFieldProps {
  /** Name of a cloud; "" = best fit. */
  value: string;
  onChange: (value: string) => void;
  clouds: readonly CloudOption[];
  preview: Preview;
  error?: string;
}

/** The choice of the cloud, with the reason for each. */
export function WhereField({ value, onChange, clouds, preview, error }: WhereFieldProps) {
  const [reasons, setReasons] = useState<PlanDto["placement"]>([]);
  const placement = preview.data?.plan.placement;
  useEffect(() => {
    // Only the answer to "best fit" speaks of every cloud.
    if (value === "" && placement?.length) setReasons(placement);
  }, [value, placement]);

  const chosen = reasons.find((one) => one.chosen);
  const used = preview.data ? [...new Set(preview.data.plan.changes.map((one) => one.cloud.name))] : [];
  const noPlace = preview.problem?.code === "no_placement" ? preview.problem.detail : undefined;
  const options = [
    { value: bestFit, label: "Best fit", note: value === "" ? used.join(" and ") : undefined },
    ...clouds.map((cloud) => ({ value: cloud.name, label: cloud.title, note: noteOf(cloud) })),
  ];
  const hint =
    value === ""
      ? chosen
        ? `${chosen.cloud} ${chosen.reason}.`
        : undefined
      : whyOf(clouds.find((one) => one.name === value)?.title, reasons);
  return (
    <Field label="Where" hint={hint} error={error ?? noPlace}>
      {(control) => (
        <Select
          {...control}
          value={value || bestFit}
          onValueChange={(next) => onChange(next === bestFit ? "" : next)}
          options={options}
        />
      )}
    </Field>
  );
}

function noteOf(cloud: CloudOption): string | undefined {
  if (cloud.healthOk === false) return "does not answer at the moment";
  return cloud.isDemo ? "demonstration, nothing real runs" : undefined;
}

function whyOf(title: string | undefined, reasons: PlanDto["placement"]): string | undefined {
  const reason = reasons.find((one) => one.cloud === title);
  if (!reason) return undefined;
  return reason.chosen ? "This is also the best fit." : `For best fit: ${reason.reason}.`;
}
