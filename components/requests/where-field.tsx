"use client";

import { useEffect, useState } from "react";
import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/native-select";
import type { CloudOption, PlanDto } from "@/lib/features/requests/schema";
import { unavailability } from "@/lib/kernel/cloud-health";
import type { Preview } from "./use-preview";

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
  const hint =
    value === ""
      ? chosen
        ? `${chosen.cloud}: ${chosen.reason}.`
        : undefined
      : whyOf(clouds.find((one) => one.name === value)?.title, reasons);
  return (
    <Field label="Cloud" hint={hint} error={error ?? noPlace}>
      {(control) => (
        <NativeSelect {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">
            Automatic{value === "" && used.length > 0 ? `: ${used.join(" and ")}` : ""}
          </option>
          {clouds.map((cloud) => (
            <option key={cloud.name} value={cloud.name}>
              {[cloud.title, noteOf(cloud)].filter(Boolean).join(", ")}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}

function noteOf(cloud: CloudOption): string | undefined {
  if (cloud.healthOk === false) return unavailability(cloud.healthMessage);
  return cloud.isDemo ? "simulated" : (cloud.isolation ?? undefined);
}

function whyOf(title: string | undefined, reasons: PlanDto["placement"]): string | undefined {
  const reason = reasons.find((one) => one.cloud === title);
  if (!reason) return undefined;
  return reason.chosen ? "Recommended" : `For automatic placement: ${reason.reason}.`;
}
